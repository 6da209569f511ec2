import { IconCheck, IconEqual, IconEqualNot, IconShieldCheck, IconShieldQuestion, IconShieldX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../../contract/exchanges.ts'
import type { TokenKey } from '../../../../../contract/keys.ts'
import type { Node } from '../../../../../contract/nodes.ts'
import type { Step } from '../../../../../contract/step.ts'
import type { TokenInspection } from '../../../../../contract/token-inspection.ts'
import type { ReadToken } from '../../../../../protocol/read-token.ts'
import { sayList } from '../../../../i18n/say.ts'
import { verdictHeadline } from '../../../../i18n/verdict-words.ts'
import { useKeyring } from '../../../../state/lists.ts'
import { setUi } from '../../../../state/ui-state.ts'
import { useLab } from '../../../../state/use-lab.ts'
import { durationWords } from '../../../../ui/duration-words.ts'
import { hasUsedStore, storeUseOf } from '../../store-use.ts'
import { paramsOf, stepTitle } from '../../story/step-words.ts'
import facts from './facts.module.css'
import { JwtKept } from './jwt-kept.tsx'
import classes from './side.module.css'
import wire from './wire.module.css'

const isCheck = ({ kind }: Step): boolean => kind.startsWith('token-') && kind !== 'token-issue'

/** What the node that got the token found, in the words of its own steps. */
function NodeVerdict({ exchange, checks }: { readonly exchange: Exchange; readonly checks: readonly Step[] }) {
  const { t } = useTranslation('credential')
  const failed = checks.find(({ outcome }) => outcome === 'fail')
  const signature = checks.find(({ kind }) => kind === 'token-signature')
  const kid = String(signature?.evidence['kid'] ?? '')
  const duration = durationWords(checks.reduce((sum, { durationUs }) => sum + durationUs, 0))
  const node = exchange.node ?? ''
  const isGood = !failed && signature?.outcome === 'pass'
  const tone = failed ? 'no' : isGood ? 'ok' : 'neutral'
  const Icon = failed ? IconShieldX : isGood ? IconShieldCheck : IconShieldQuestion
  const store = t(hasUsedStore(storeUseOf(exchange.steps)) ? 'vouch.storeUsed' : 'vouch.noStore')
  const title = failed ? verdictHeadline(exchange, exchange.steps) : isGood ? t('vouch.valid', { kid }) : t('vouch.notAsked')
  return (
    <div className={`${facts['vouch']} ${tone}`}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <p>
        <b>{title}</b>
        {checks.length > 0
          ? `${t(failed ? 'vouch.stopped' : 'vouch.checked', { node, duration, count: checks.length })}${store}`
          : t('vouch.issued', { node })}
      </p>
    </div>
  )
}

/** What the keyring of this lab says of a token that no node has seen. */
function LabVerdict({ inspection }: { readonly inspection: TokenInspection | null }) {
  const { t } = useTranslation('credential')
  if (!inspection) return null
  const { state, kid } = inspection.signature
  const Icon = state === 'valid' ? IconShieldCheck : state === 'invalid' ? IconShieldX : IconShieldQuestion
  return (
    <div className={`${facts['vouch']} neutral`}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <p>
        <b>{t(`signature.${state}.title`, { kid: kid ?? '' })}</b>
        {t(`signature.${state}.detail`, { kid: kid ?? '' })}
      </p>
    </div>
  )
}

/** The checks of the node in order: how many passed, and where it stopped. */
function Checks({ exchange, checks }: { readonly exchange: Exchange; readonly checks: readonly Step[] }) {
  const { t } = useTranslation('credential')
  if (checks.length === 0) return null
  const failed = checks.find(({ outcome }) => outcome === 'fail')
  const passed = checks.filter(({ outcome }) => outcome !== 'fail').length
  const words = failed ? stepTitle(failed, paramsOf(failed, exchange)) : t('vouch.allPassed', { count: passed })
  return (
    <li>
      <span>{t('vouch.checks')}</span>
      <button
        type="button"
        className={`trunc ${facts['quiet']}`}
        title={t('vouch.openStory')}
        onClick={() => setUi({ inspectorTab: 'story' })}
      >
        {failed ? t('vouch.stoppedAt', { passed, words, clause: failed.clause ?? '' }) : words}
      </button>
      {!failed && <IconCheck size={15} stroke={1.75} aria-hidden />}
    </li>
  )
}

/** The signature beside what a key makes of it. What a node computed does not leave it: that it fits, or not, does. */
function Compared({
  read,
  checks,
  inspection,
}: {
  readonly read: ReadToken
  readonly checks: readonly Step[]
  readonly inspection: TokenInspection | null
}) {
  const { t } = useTranslation('credential')
  const step = checks.find(({ kind }) => kind === 'token-signature')
  const state = step ? (step.outcome === 'pass' ? 'valid' : 'invalid') : inspection?.signature.state
  const fits = state === 'valid'
  const isCompared = fits || state === 'invalid'
  return (
    <>
      <li>
        <span>{t('vouch.received')}</span>
        <span className={`mono trunc ${wire['ink-signature']}`}>{read.parts[2] || t('vouch.none')}</span>
      </li>
      {isCompared && (
        <li>
          <span className="trunc">{t('vouch.recomputed')}</span>
          <span className="trunc">{t(fits ? 'vouch.fits' : 'vouch.fitsNot')}</span>
          {fits ? <IconEqual size={15} stroke={1.75} aria-hidden /> : <IconEqualNot size={15} stroke={1.75} aria-hidden />}
        </li>
      )}
    </>
  )
}

const names = (nodes: readonly Node[]): string => sayList(nodes.map(({ id }) => id))

function useKeyWords(): (key: TokenKey) => string {
  const { t } = useTranslation('credential')
  const nodes = useLab((lab) => lab.nodes).filter(({ state }) => state === 'up')
  return ({ kid, state }) => {
    const signing = nodes.filter((node) => node.signingKeyId === kid)
    const verifying = nodes.filter((node) => node.signingKeyId !== kid && node.verifyingKeyIds.includes(kid))
    const words = [
      ...(signing.length > 0 ? [t('keys.signs', { nodes: names(signing) })] : []),
      ...(verifying.length > 0 ? [t('keys.verifies', { nodes: names(verifying) })] : []),
    ]
    if (words.length > 0) return words.join(t('keys.and'))
    return t(state === 'retired' ? 'keys.retired' : 'keys.nobody')
  }
}

const MOST_KEYS = 3

/** The keys of the keyring with who knows them, the token's own first, and the nodes that would refuse this token. */
function Keys({ kid }: { readonly kid: unknown }) {
  const { t } = useTranslation('credential')
  const { data: keyring } = useKeyring()
  const words = useKeyWords()
  const nodes = useLab((lab) => lab.nodes)
  if (!keyring) return null
  const own = keyring.keys.filter((key) => key.kid === kid)
  const others = keyring.keys.filter((key) => key.kid !== kid)
  const shown = [...own, ...others].slice(0, MOST_KEYS)
  const down = nodes.filter(({ state }) => state !== 'up')
  const refusing = nodes.filter((node) => node.state === 'up' && !node.verifyingKeyIds.some((known) => known === kid))
  return (
    <>
      {shown.map((key) => (
        <li key={key.kid}>
          <span className="mono trunc" title={key.kid}>
            {key.kid}
          </span>
          <span className="trunc" title={words(key)}>
            {words(key)}
          </span>
        </li>
      ))}
      {refusing.length > 0 && (
        <li>
          <span className="trunc">{t('keys.unknownTo')}</span>
          <span className="trunc" title={names(refusing)}>
            {t('keys.unknownToNodes', { nodes: names(refusing) })}
          </span>
        </li>
      )}
      {down.length > 0 && (
        <li>
          <span>{t('keys.down')}</span>
          <span className="trunc" title={names(down)}>
            {names(down)}
          </span>
        </li>
      )}
    </>
  )
}

interface JwtVouchesProps {
  /** Null for a token that was pasted. */
  readonly exchange: Exchange | null
  readonly read: ReadToken
  readonly inspection: TokenInspection | null
}

/** Who says that the token is genuine: what the node found, with which key, and which nodes know that key. */
export function JwtVouches({ exchange, read, inspection }: JwtVouchesProps) {
  const { t } = useTranslation('credential')
  const checks = exchange?.steps.filter(isCheck) ?? []
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('vouches')}</h4>
      </div>
      {exchange ? <NodeVerdict exchange={exchange} checks={checks} /> : <LabVerdict inspection={inspection} />}
      <ul className={facts['facts']}>
        {read.form === 'jws' && <Compared read={read} checks={checks} inspection={inspection} />}
        {exchange && <Checks exchange={exchange} checks={checks} />}
        {read.form !== 'jwe' && <Keys kid={read.header?.['kid']} />}
        {exchange && <JwtKept read={read} />}
      </ul>
    </section>
  )
}
