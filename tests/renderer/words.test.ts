import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { en } from '../../src/renderer/i18n/words.ts'
import { zh } from '../../src/renderer/i18n/words-zh-cn.ts'

/** Texts by path; a plural counts once, because Chinese has one form. */
function textsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path.replace(/_(one|other)$/, ''), value]])
  return new Map(Object.entries(value as object).flatMap(([key, inner]) => [...textsOf(inner, path === '' ? key : `${path}.${key}`)]))
}

/** Also those with a format, such as `{{octets, number}}`. */
const placeholdersOf = (text: string): string[] => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name ?? '').sort()
const NAMESPACES = Object.keys(en) as (keyof typeof en)[]
const ENGLISH = textsOf(en)
const CHINESE = textsOf(zh)
/** Texts of which something is not as it should be, by path. */
const those = (isWrong: (text: string, path: string) => boolean): string[] =>
  [...CHINESE].filter(([path, text]) => isWrong(text, path)).map(([path, text]) => `${path}: ${text}`)

const HAN = '\\u4e00-\\u9fff'
const withoutNames = (text: string): string => text.replace(/\{\{[^}]*\}\}/g, '')

test.each(NAMESPACES)('%s has the same texts with the same placeholders in both languages', (namespace) => {
  const shape = (words: unknown): Record<string, string[]> =>
    Object.fromEntries([...textsOf(words)].map(([path, text]) => [path, placeholdersOf(text)]))
  expect(shape(zh[namespace])).toEqual(shape(en[namespace]))
})

test('no text is empty in either language', () => {
  expect(ENGLISH.size).toBeGreaterThan(1500)
  expect([...ENGLISH, ...CHINESE].filter(([, text]) => text.trim() === '')).toEqual([])
})

test('Chinese has its own punctuation', () => {
  // An address is written as it is typed.
  const typed = (text: string): string => text.replaceAll('主机:端口', '')
  const beside = new RegExp(`[${HAN}] ?[,;:?!()](?!//)|[,;?!()] ?[${HAN}]`)
  expect(those((text) => beside.test(typed(text)))).toEqual([])
  expect(those((text) => new RegExp(`[${HAN}]\\.(\\s|$)|\\.\\.\\.$`).test(text))).toEqual([])
})

/** It names the language that it leads to. */
const isSwitch = (path: string): boolean => /(switchLanguage|toggle-language)$/.test(path)

test('no English sentence is left in Chinese, and no Chinese one in English', () => {
  const sentence = /(?:\b[A-Za-z][a-z]+\b[ ,]+){3,}[a-z]+/
  expect(those((text, path) => !isSwitch(path) && sentence.test(withoutNames(text)))).toEqual([])
  const han = new RegExp(`[${HAN}]`)
  expect([...ENGLISH].filter(([path, text]) => !isSwitch(path) && han.test(text)).map(([path]) => path)).toEqual([])
})

test('a text of the Chinese page without Chinese is a name, a unit or a term on the wire, and no more', () => {
  const han = new RegExp(`[${HAN}]`)
  const wordsOf = (text: string): string[] => withoutNames(text).match(/[A-Za-z]{2,}/g) ?? []
  expect(those((text, path) => !han.test(text) && wordsOf(text).length > 3 && !isSwitch(path))).toEqual([])
})

/** One word for one thing, in the lessons as on the screens. */
const INSTEAD_OF: Readonly<Record<string, string>> = {
  凭据: '凭证',
  账号: '账户',
  注销: '登出',
  黑名单: '吊销名单',
  应答: '响应',
  权限范围: 'scope',
  令牌族: '令牌家族',
  容差: '宽限',
  退役: '停用',
  期限: '时限',
  八位组: '字节',
  颁发: '签发',
  目标服务: '目标应用',
  实验环境: '实验室',
  客户端认证: '客户端身份验证',
  您: '你',
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const IN_LESSONS = globSync('src/lessons/*.ts', { cwd: ROOT }).map((file) => ({ file, source: readFileSync(`${ROOT}/${file}`, 'utf8') }))

test.each(Object.entries(INSTEAD_OF))('Chinese does not say %s: it is %s', (word) => {
  expect(those((text) => text.includes(word))).toEqual([])
  expect(IN_LESSONS.length).toBeGreaterThan(10)
  expect(IN_LESSONS.filter(({ source }) => source.includes(word)).map(({ file }) => file)).toEqual([])
})

test('the clauses that a text names are the same in both languages', () => {
  const clauses = (text = ''): string[] => (text.match(/(?:RFC \d+(?:bis)?|OWASP ASVS 5)(?: (?:§|V)[\d.]*\d)?/g) ?? []).sort()
  expect([...CHINESE].filter(([path, text]) => clauses(text).join() !== clauses(ENGLISH.get(path)).join()).map(([path]) => path)).toEqual(
    [],
  )
})
