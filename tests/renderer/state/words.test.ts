import { expect, test } from 'vitest'
import { placeholdersOf } from '../../../src/renderer/i18n/say.ts'
import { en } from '../../../src/renderer/i18n/words.ts'
import { zh } from '../../../src/renderer/i18n/words-zh-cn.ts'

const MINE = ['app', 'clients', 'topology', 'status', 'commands', 'settings', 'state', 'revocation', 'compare'] as const

/** Texts by path; a plural counts once, because Chinese has one form. */
function textsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path.replace(/_(one|other)$/, ''), value]])
  return new Map(Object.entries(value as object).flatMap(([key, inner]) => [...textsOf(inner, `${path}.${key}`)]))
}

test.each(MINE)('%s has the same texts with the same placeholders in both languages', (namespace) => {
  const shape = (words: unknown): [string, string[]][] =>
    [...textsOf(words)].map(([path, text]): [string, string[]] => [path, placeholdersOf(text).sort()]).sort(([a], [b]) => (a < b ? -1 : 1))
  expect(shape(zh[namespace])).toEqual(shape(en[namespace]))
})

test.each(MINE)('no text of %s is empty in either language', (namespace) => {
  const texts = [...textsOf(en[namespace]).values(), ...textsOf(zh[namespace]).values()]
  expect(texts.length).toBeGreaterThan(0)
  expect(texts.filter((text) => text.trim() === '')).toEqual([])
})
