/** The lines of a definition, counted from 1, its comment included. */
export interface LineRange {
  readonly first: number
  readonly last: number
}

const escaped = (name: string): string => name.replaceAll(/[$]/g, '\\$')

/** How this project defines what can be named: a binding, a function, a class, or a member of a class. */
const definitionOf = (name: string): RegExp =>
  new RegExp(
    `^\\s*(export )?(const|let|(async )?function|(abstract )?class) ${escaped(name)}\\b|^\\s+(static |override |readonly |async |get |set )*#?${escaped(name)}(\\(| = |: )`,
  )

const indentOf = (line: string): number => line.length - line.trimStart().length

/** Where a definition ends that begins on this line: at the line no deeper than it that closes it, or before the one that does not. */
function endOf(lines: readonly string[], start: number): number {
  const depth = indentOf(lines[start] ?? '')
  let end = start
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() === '') continue
    if (indentOf(line) <= depth) {
      if (!/^[)}\]]/.test(line.trim())) return end
      // A list of parameters that is closed opens a body.
      if (!/[({[]$/.test(line)) return index
    }
    end = index
  }
  return end
}

function startOf(lines: readonly string[], definition: number): number {
  const isComment = (line: string | undefined): boolean => /^\s*(\/\*\*|\*|\/\/)/.test(line ?? '')
  let start = definition
  while (start > 0 && isComment(lines[start - 1])) start--
  return start
}

/**
 * The lines that define a symbol in a source as this project formats it.
 * @param symbol a name, or `Class.member`
 * @returns null when the file defines no such symbol
 */
export function findSymbol(source: string, symbol: string): LineRange | null {
  const lines = source.split('\n')
  let from = 0
  let start = -1
  for (const name of symbol.split('.')) {
    start = lines.findIndex((line, index) => index >= from && definitionOf(name).test(line))
    if (start === -1) return null
    from = start + 1
  }
  return { first: startOf(lines, start) + 1, last: endOf(lines, start) + 1 }
}
