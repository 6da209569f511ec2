import { mermaidText } from '../../ui/picture/mermaid-text.ts'
import { LINKS, PHASES, type Side, STAGES } from './flow.ts'
import type { FlowWords } from './flow-scene.ts'
import type { LitFlow } from './lit.ts'

const CLASSES: Readonly<Record<Side, string>> = { session: 'ses', jwt: 'jwt', both: 'plain' }
/** The tints of the light theme. */
const LOOKS = [
  'classDef ses fill:#fff4e6,stroke:#d06e05,stroke-width:2px',
  'classDef jwt fill:#f0effe,stroke:#6a5fe8,stroke-width:2px',
  'classDef plain fill:#f0f2f5,stroke:#414957,stroke-width:2px',
  'classDef denied fill:#fdecec,stroke:#bc232a,stroke-width:2px',
]

// Mermaid takes `end` for its own word.
const idOf = (stage: string): string => `s_${stage.replaceAll('-', '_')}`

/** The flow in Mermaid's language for flow charts; what the exchange lit is filled. */
export function toFlowMermaid(lit: LitFlow, words: FlowWords): string {
  const out = ['flowchart TD']
  for (const phase of PHASES) {
    out.push(`  subgraph ${phase}["${mermaidText(words.phase(phase))}"]`)
    for (const { id } of STAGES.filter((stage) => stage.phase === phase)) out.push(`    ${idOf(id)}["${mermaidText(words.stage(id))}"]`)
    out.push('  end')
  }
  for (const [from, to] of LINKS) out.push(`  ${idOf(from)} --> ${idOf(to)}`)
  out.push(...LOOKS.map((look) => `  ${look}`))
  for (const { id, side } of STAGES) {
    const found = lit.stages.get(id)
    if (found) out.push(`  class ${idOf(id)} ${found.tone === 'no' ? 'denied' : CLASSES[side]}`)
  }
  return `${out.join('\n')}\n`
}
