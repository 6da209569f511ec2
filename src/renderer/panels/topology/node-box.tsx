import { IconAlertTriangle, IconClockExclamation, IconKey, IconPinFilled, IconSearch, IconShieldCheck } from '@tabler/icons-react'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import type { Node } from '../../../contract/nodes.ts'
import { sayList } from '../../i18n/say.ts'
import { useLab } from '../../state/use-lab.ts'
import { boxLook } from './box-look.ts'
import { NodePower } from './node-power.tsx'
import { NodeSettings } from './node-settings.tsx'
import { addressOf, cpuWords, keyName, marksOf, memoryWords, msWords, stateWords } from './node-words.ts'
import classes from './topology.module.css'
import type { Box } from './use-topology.ts'

const MOST_KEYS = 1

/** The key that a node signs with, filled, and those that it only verifies with, outlined. */
function Keys({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  const others = node.verifyingKeyIds.filter((kid) => kid !== node.signingKeyId)
  return (
    <>
      <span className={`kb ${classes['signs']}`} title={t('keyHint', { kid: node.signingKeyId })}>
        <IconKey size={11} stroke={2} aria-hidden />
        {keyName(node.signingKeyId)}
        <span className="sr">{t('signs')}</span>
      </span>
      {others.slice(0, MOST_KEYS).map((kid) => (
        <span key={kid} className={`kb ${classes['verifies']}`} title={t('verifyHint', { kid })}>
          <IconKey size={11} stroke={2} aria-hidden />
          {keyName(kid)}
          <span className="sr">{t('verifies')}</span>
        </span>
      ))}
      {others.length > MOST_KEYS && <span className="dim">+{others.length - MOST_KEYS}</span>}
    </>
  )
}

function Figures({ node, isShort }: { readonly node: Node; readonly isShort: boolean }) {
  const { t } = useTranslation('topology')
  const { p50Ms, p95Ms } = node
  const percentiles = p50Ms !== null && !isShort && p95Ms !== null ? t('percentiles', { p50: msWords(p50Ms), p95: msWords(p95Ms) }) : null
  return (
    <>
      <span>{t('requests', { count: node.requests })}</span>
      {p50Ms !== null && !(isShort && node.sessions !== null) && (
        <span className="trunc" title={t('fact.percentiles')}>
          {percentiles ?? t('p50', { ms: msWords(p50Ms) })}
        </span>
      )}
    </>
  )
}

function Load({ node, isStoreHot }: { readonly node: Node; readonly isStoreHot: boolean }) {
  const { t } = useTranslation('topology')
  return (
    <>
      <span>{memoryWords(node)}</span>
      <span>{cpuWords(node)}</span>
      {node.sessions === null && (
        <>
          <span title={t('fact.inFlight')}>{t('open', { count: node.inFlight })}</span>
          <span title={t('fact.inFlight')}>{t('connections', { count: node.connections ?? 0 })}</span>
        </>
      )}
      <span className="sp" />
      {node.sessions !== null && (
        <span className={`${classes['ownStore']} ses ${isStoreHot ? classes['hot'] : ''}`} title={t('ownStoreHint', { node: node.id })}>
          {t('ownSessions', { count: node.sessions })}
        </span>
      )}
    </>
  )
}

function Rows({ data }: { readonly data: Box['data'] }) {
  const { t } = useTranslation('topology')
  const clock = useLab((lab) => lab.clock)
  const { node, density, usesStore } = data
  if (!node) return null
  const isOn = node.state === 'up' || node.state === 'draining'
  const state = node.state !== 'up' && (
    <span className={classes['state']}>
      {node.state === 'down' && <IconAlertTriangle size={12} stroke={1.75} aria-hidden />}
      {stateWords(node, clock)}
    </span>
  )
  const ownSessions = density !== 'full' && node.sessions !== null && (
    <span className={`${classes['ownStore']} ses`} title={t('ownStoreHint', { node: node.id })}>
      {t('ownSessions', { count: node.sessions })}
    </span>
  )
  return (
    <>
      <div className={classes['facts']}>
        <Keys node={node} />
        <span className="sp" />
        {node.tokensVerified > 0 && (
          <span className={`${classes['alone']} jwt`} title={t('verifiedHint', { count: node.tokensVerified })}>
            <IconShieldCheck size={12} stroke={1.75} aria-hidden />
            {node.tokensVerified}
            <span className="sr">{t('fact.verified')}</span>
          </span>
        )}
        {node.revocationReads > 0 && (
          <span className={`${classes['alone']} jwt`} title={`${t('lookUps', { count: node.revocationReads })}. ${t('lookUpsHint')}`}>
            <IconSearch size={12} stroke={1.75} aria-hidden />
            {node.revocationReads}
            <span className="sr">{t('fact.lookUps')}</span>
          </span>
        )}
      </div>
      <div className={classes['facts']}>
        {state || <Figures node={node} isShort={density !== 'full'} />}
        <span className="sp" />
        {ownSessions}
      </div>
      {density === 'full' && isOn && (
        <div className={classes['facts']}>
          <Load node={node} isStoreHot={usesStore} />
        </div>
      )}
    </>
  )
}

function Pins({ names, isShort }: { readonly names: readonly string[]; readonly isShort: boolean }) {
  const { t } = useTranslation('topology')
  const [first = '', ...more] = names
  if (names.length === 0) return null
  const words = isShort ? String(names.length) : more.length === 0 ? first : t('pinMore', { name: first, count: more.length })
  return (
    <span className={classes['pin']} title={t('pinHint', { names: names.join(', ') })}>
      <IconPinFilled size={11} aria-hidden />
      <span className="sr">{t('pinned')}</span>
      <span className="trunc">{words}</span>
    </span>
  )
}

/** One line for a node among many: the rest is in its settings. */
function DenseRow({ node, pins }: { readonly node: Node; readonly pins: readonly string[] }) {
  const { t } = useTranslation('topology')
  const clock = useLab((lab) => lab.clock)
  const marks = sayList(marksOf(node))
  const words = node.state === 'down' ? t(`down.${node.downReason ?? 'stopped'}`) : t(`state.${node.state}`)
  return (
    <div className={classes['title']}>
      <i className={node.state === 'up' ? classes['up'] : classes['off']} aria-hidden />
      <b>{node.id}</b>
      <span className="trunc" title={stateWords(node, clock)}>
        {node.state === 'up' ? t('requests', { count: node.requests }) : words}
      </span>
      <span className="sp" />
      {marks !== '' && (
        <span role="img" aria-label={marks} title={marks}>
          <IconClockExclamation size={14} stroke={1.75} aria-hidden />
        </span>
      )}
      <Pins names={pins} isShort />
      <NodeSettings node={node} />
    </div>
  )
}

/** A node: whether it is up, where it answers, its keys, what it measured, and what sets it apart from the others. */
export function NodeBox({ data }: NodeProps<Box>) {
  const { node, density, pins } = data
  if (!node) return null
  const marks = marksOf(node).join(' · ')
  return (
    <div className={boxLook(data, classes['padded'], classes[density], node.state !== 'up' && classes['down'])}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes['dot'] ?? ''} />
      {density === 'dense' ? (
        <DenseRow node={node} pins={pins} />
      ) : (
        <>
          <div className={classes['title']}>
            <i className={node.state === 'up' ? classes['up'] : classes['off']} aria-hidden />
            <b>{node.id}</b>
            {(density === 'full' || node.url !== null) && <span className="mono dim trunc">{addressOf(node)}</span>}
            <span className="sp" />
            <NodePower node={node} />
            <NodeSettings node={node} />
          </div>
          <Rows data={data} />
          <Pins names={pins} isShort={false} />
          {marks !== '' && (
            <span className={classes['marks']} title={marks}>
              <span className="trunc">{marks}</span>
            </span>
          )}
        </>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes['dot'] ?? ''} />
    </div>
  )
}
