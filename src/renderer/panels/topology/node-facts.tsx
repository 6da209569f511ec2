import { useTranslation } from 'react-i18next'
import type { Node } from '../../../contract/nodes.ts'
import { sayList } from '../../i18n/say.ts'
import { useLab } from '../../state/use-lab.ts'
import { addressOf, cpuWords, keysAgeWords, memoryWords, msWords, stateWords } from './node-words.ts'
import classes from './settings.module.css'

/** All that is known of one node, named. */
export function NodeFacts({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  const clock = useLab((lab) => lab.clock)
  const facts = [
    [t('fact.state'), stateWords(node, clock)],
    [t('fact.address'), addressOf(node)],
    [t('fact.requests'), String(node.requests)],
    [
      t('fact.percentiles'),
      node.p50Ms === null ? t('noP50') : t('percentiles', { p50: msWords(node.p50Ms), p95: msWords(node.p95Ms ?? 0) }),
    ],
    [t('fact.inFlight'), t('openAndConnections', { open: node.inFlight, connections: node.connections ?? 0 })],
    [t('fact.load'), sayList([memoryWords(node), cpuWords(node)].filter((words) => words !== null))],
    [t('fact.storeUse'), t('storeUse', { reads: node.storeReads, writes: node.storeWrites })],
    [t('fact.verified'), String(node.tokensVerified)],
    [t('fact.lookUps'), String(node.revocationReads)],
    [t('fact.sessions'), node.sessions === null ? '' : String(node.sessions)],
    [t('fact.signs'), node.signingKeyId],
    [t('fact.verifies'), node.verifyingKeyIds.join(' ')],
    [t('fact.keysAge'), keysAgeWords(node)],
  ] as const
  return (
    <dl className={classes['facts']}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
