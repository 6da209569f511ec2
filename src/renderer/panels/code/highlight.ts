import type { Parser } from '@lezer/common'
import { parser as go } from '@lezer/go'
import { classHighlighter, highlightCode } from '@lezer/highlight'
import { parser as java } from '@lezer/java'
import { parser as javascript } from '@lezer/javascript'
import { parser as python } from '@lezer/python'

/** Languages that are shown. */
export type CodeLanguage = 'typescript' | 'javascript' | 'python' | 'java' | 'go'

/** A run of text of one look; `look` is empty for plain text. */
export interface Token {
  readonly text: string
  readonly look: string
}

/** The grammar of each language. */
export const PARSERS: Readonly<Record<CodeLanguage, Parser>> = {
  typescript: javascript.configure({ dialect: 'ts' }),
  javascript,
  python,
  java,
  go,
}

/** The lines of a text, each as runs of one look. */
export function highlightLines(text: string, language: CodeLanguage): Token[][] {
  const lines: Token[][] = [[]]
  const put = (piece: string, look: string): void => void lines.at(-1)?.push({ text: piece, look })
  highlightCode(text, PARSERS[language].parse(text), classHighlighter, put, () => void lines.push([]))
  return lines
}
