/** The published schemas of HAR 1.2, by name; the package has no types of its own. */
declare module 'har-schema' {
  const schemas: Record<string, Record<string, unknown>>
  export default schemas
}
