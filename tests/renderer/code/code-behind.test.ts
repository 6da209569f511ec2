import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { STEP_KINDS } from '../../../src/contract/step.ts'
import { findSymbol } from '../../../src/renderer/panels/code/find-symbol.ts'
import { highlightLines, PARSERS } from '../../../src/renderer/panels/code/highlight.ts'
import { FRAMEWORKS, languageOf, parseReading, readReading, TOPIC_NAMES, topicOf } from '../../../src/renderer/panels/code/reading.ts'
import { readSource } from '../../../src/renderer/panels/code/sources.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Every `file` and `symbol` that the server's code says a step is done by. */
function stepSources(): { file: string; symbol: string }[] {
  const found: { file: string; symbol: string }[] = []
  for (const path of globSync('src/server/{target,cluster}/**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, path), 'utf8')
    const constant = /^const FILE = '([^']+)'/m.exec(text)?.[1]
    for (const [, named, literal, symbol = ''] of text.matchAll(/file: (FILE|'([^']+)'),\s*symbol: '([^']+)'/g)) {
      const file = named === 'FILE' ? (constant ?? '') : (literal ?? '')
      found.push({ file: file.startsWith('src/') ? file : `src/server/target/${file}`, symbol })
    }
  }
  return found
}

describe('the source that ran', () => {
  const sources = stepSources()

  test('many steps name the code that they are done by', () => expect(sources.length).toBeGreaterThan(40))

  test.each(sources)('$symbol is found in the bundled $file', async ({ file, symbol }) => {
    const source = await readSource(file)
    expect(source).toBe(readFileSync(join(ROOT, file), 'utf8'))
    const range = findSymbol(source ?? '', symbol)
    expect(range).not.toBeNull()
    const marked = (source ?? '').split('\n').slice((range?.first ?? 1) - 1, range?.last)
    expect(marked.join('\n')).toContain(symbol.split('.').at(-1))
    // A whole definition: what it opens it closes.
    const count = (pattern: RegExp): number => marked.join('\n').match(pattern)?.length ?? 0
    expect(count(/\{/g)).toBe(count(/\}/g))
  })

  test('a symbol that is not there is not found', () => expect(findSymbol('const a = 1\n', 'b')).toBeNull())

  test('a definition is marked with its comment, up to its end', () => {
    const source = 'const a = 1\n\n/** What b does. */\nexport const b = (): void => {\n  a()\n}\n\nconst c = 2\n'
    expect(findSymbol(source, 'b')).toEqual({ first: 3, last: 6 })
    expect(findSymbol(source, 'c')).toEqual({ first: 8, last: 8 })
    expect(findSymbol('class A {\n  #x = 1\n  get y() {\n    return 1\n  }\n}\n', 'A.y')).toEqual({ first: 3, last: 5 })
  })

  test('highlighting loses no character', () => {
    const text = "/** a */\nconst a: string = 'x' // y\n"
    const lines = highlightLines(text, 'typescript')
    expect(lines.map((tokens) => tokens.map((token) => token.text).join('')).join('\n')).toBe(text)
    expect(lines.flat().some(({ look }) => look.includes('tok-keyword'))).toBe(true)
  })
})

describe('the same elsewhere', () => {
  const pieces = TOPIC_NAMES.flatMap((topic) => FRAMEWORKS.map((framework) => ({ topic, framework })))

  test.each(pieces)('the $framework piece on $topic is whole by the grammar of its language', async ({ topic, framework }) => {
    const code = (await readReading(topic))[framework]
    const broken: string[] = []
    // A Java method stands alone here, so it is read as a member of a class.
    // The grammar takes `with`, which is a keyword in module declarations alone, for one everywhere.
    const text = framework === 'spring' ? `class Piece {\n${code.replaceAll('.with(', '.of(')}\n}` : code
    PARSERS[languageOf(framework)].parse(text).iterate({
      enter: (node) => {
        if (node.type.isError) broken.push(text.slice(Math.max(0, node.from - 30), node.to + 30))
      },
    })
    expect(broken).toEqual([])
  })

  test('the Flask pieces compile', async () => {
    for (const topic of TOPIC_NAMES) {
      const { flask } = await readReading(topic)
      execFileSync('python3', ['-c', 'import sys; compile(sys.stdin.read(), "piece", "exec")'], {
        input: flask,
        stdio: ['pipe', 'ignore', 'pipe'],
      })
    }
  })

  test('every step of the target has a reading, those of the lab and the balancer have none', () => {
    const without = STEP_KINDS.filter((kind) => topicOf(kind) === null)
    expect(without).toEqual(['balancer-pick', 'node-latency', 'steps-missing', 'answer'])
  })

  test('a reading that lacks a framework is refused', () => expect(() => parseReading('```express\na\n```\n')).toThrow('flask'))
})
