import { mermaidText } from '../../../ui/picture/mermaid-text.ts'
import { type Accent, type Item, type Message, remarkLine, type Sequence } from './sequence.ts'

const ARROWS: Readonly<Record<Message['way'], string>> = { call: '->>', reply: '-->>', lost: '-x', later: '-)' }
/** Grounds behind the exchanges: the tints of the light theme. */
const GROUNDS: Readonly<Record<Accent, string>> = { ses: 'rgb(255, 244, 230)', jwt: 'rgb(240, 239, 254)', plain: 'rgb(240, 242, 245)' }
const linesOf = (lines: readonly string[]): string => lines.map(mermaidText).join('<br/>')

function lineOf(item: Item, idOf: (participant: string) => string): string {
  if (item.type === 'remark') return `Note over ${idOf(item.over)}: ${linesOf(item.lines.map(remarkLine))}`
  if (item.type === 'message') return `${idOf(item.from)}${ARROWS[item.way]}${idOf(item.to)}: ${linesOf(item.lines)}`
  return `Note over ${idOf('')}: ${mermaidText(item.text)}`
}

/** The sequence in Mermaid's language for sequence diagrams. */
export function toMermaid({ participants, items }: Sequence): string {
  const ids = new Map(participants.map(({ id }, index) => [id, `p${index + 1}`]))
  const all = participants.length > 1 ? `p1,p${participants.length}` : 'p1'
  const idOf = (participant: string): string => ids.get(participant) ?? all
  const out = ['sequenceDiagram']
  for (const { id, kind, name, detail } of participants) {
    const word = kind === 'client' || kind === 'attacker' ? 'actor' : 'participant'
    out.push(`  ${word} ${idOf(id)} as ${mermaidText(detail === null ? name : `${name} (${detail})`)}`)
  }
  let isOpen = false
  for (const item of items) {
    if (item.type === 'opening') {
      if (isOpen) out.push('  end')
      out.push(`  rect ${GROUNDS[item.accent]}`)
      isOpen = true
    }
    out.push(`${isOpen ? '    ' : '  '}${lineOf(item, idOf)}`)
  }
  if (isOpen) out.push('  end')
  return `${out.join('\n')}\n`
}
