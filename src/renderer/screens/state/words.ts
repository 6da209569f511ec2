const ID_SHOWN = 10

/** The beginning of an id: enough to tell two apart by eye. */
export const shortId = (id: string): string => (id.length > ID_SHOWN + 1 ? `${id.slice(0, ID_SHOWN)}…` : id)

const LAB_CLIENT = /^AuthLab-Client\/\d+ \((.+)\)$/

/** What a device says it is (User-Agent); of the lab's own clients the name alone. Undefined when it says nothing. */
export const deviceWords = (userAgent: string | null): string | undefined =>
  userAgent === null || userAgent === '' ? undefined : (LAB_CLIENT.exec(userAgent)?.[1] ?? userAgent)
