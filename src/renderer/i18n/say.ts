import { i18n } from './index.ts'

/** Values for the placeholders of a text. */
export type Params = Readonly<Record<string, string | number>>

/** The words under a key that is only known at run time, such as `verdicts:bad-signature.short.any`. */
// The typed `t` knows only keys written in the code; these come from the wire.
export const say = (key: string, params: Params = {}): string => String(i18n.t(key as never, params as never))

/** Several things in a row, parted as the language in use parts them. */
export const sayList = (items: readonly string[]): string => items.join(say('app:comma'))

/** A name and what belongs to it, with the colon of the language in use. */
export const sayOf = (name: string, what: string): string => `${name}${say('app:colon')}${what}`

const templateOf = (key: string): string | null => {
  const [namespace = '', path = ''] = key.split(':')
  const text: unknown = i18n.getResource(i18n.language, namespace, path)
  return typeof text === 'string' ? text : null
}

/** Whether there are words under this key in the language in use. */
export const hasWords = (key: string): boolean => templateOf(key) !== null

/** Names of the placeholders in a text. */
export const placeholdersOf = (template: string): string[] => [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '')

/** The words under the first key whose every placeholder has a value; null when there is none. So no text ever shows a gap. */
export function sayFirst(keys: readonly string[], params: Params): string | null {
  for (const key of keys) {
    const template = templateOf(key)
    if (template === null) continue
    // No more than these: a name from the wire, such as `lng`, would be an option of the translation.
    const values = placeholdersOf(template).map((name) => [name, params[name] ?? ''] as const)
    if (values.every(([, value]) => value !== '')) return say(key, Object.fromEntries(values))
  }
  return null
}
