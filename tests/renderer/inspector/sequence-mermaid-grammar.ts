/**
 * What Mermaid's grammar for sequence diagrams lets through, as far as the workbench uses it: a text after a colon ends at `#` or `;`
 * unless they are part of an entity code, `%%` begins a comment wherever it stands, and each `rect` has its `end`.
 */
const ID = /^p\d+$/
const TEXT = /^(?!(?:no)?wrap:)(?:[^#;%<>&"`{}@\\\n]|#\d{1,5};|#(?:lt|gt|amp|quot);|<br\/>)+$/i
const ACTOR = /^(?:actor|participant) (p\d+) as (.+)$/
const NOTE = /^Note over (p\d+(?:,p\d+)?): (.+)$/
const SIGNAL = /^(p\d+)(->>|-->>|-x|-\))(p\d+): (.+)$/
const RECT = /^rect rgb\(\d{1,3}, \d{1,3}, \d{1,3}\)$/

interface Parsed {
  readonly participants: readonly string[]
  readonly signals: ReadonlyArray<{ readonly from: string; readonly arrow: string; readonly to: string; readonly text: string }>
  readonly notes: readonly string[]
}

/** A line that the grammar does not let through. */
const bad = (line: string): never => {
  throw new Error(`Not Mermaid: ${line}`)
}

const checkText = (text: string, line: string): string => (TEXT.test(text) ? text : bad(line))

/** Reads a sequence diagram in Mermaid's language. @throws Error on the first line that is not in it */
export function parseMermaid(source: string): Parsed {
  const [first, ...lines] = source.trimEnd().split('\n')
  if (first !== 'sequenceDiagram') bad(first ?? '')
  const names = new Map<string, string>()
  const signals: Array<Parsed['signals'][number]> = []
  const notes: string[] = []
  let open = 0
  const known = (id = ''): string => (ID.test(id) ? (names.get(id) ?? bad(`unknown participant ${id}`)) : bad(id))
  for (const raw of lines) {
    const line = raw.trim()
    const actor = ACTOR.exec(line)
    const note = NOTE.exec(line)
    const signal = SIGNAL.exec(line)
    if (actor) names.set(actor[1] ?? '', checkText(actor[2] ?? '', line))
    else if (note) notes.push(`${(note[1] ?? '').split(',').map(known).join(',')}: ${checkText(note[2] ?? '', line)}`)
    else if (signal)
      signals.push({ from: known(signal[1]), arrow: signal[2] ?? '', to: known(signal[3]), text: checkText(signal[4] ?? '', line) })
    else if (RECT.test(line)) open += 1
    else if (line === 'end' && open > 0) open -= 1
    else bad(line)
  }
  if (open !== 0) bad('a rect without end')
  return { participants: [...names.values()], signals, notes }
}
