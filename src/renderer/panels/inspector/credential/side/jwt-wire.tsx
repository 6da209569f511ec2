import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ReadToken } from '../../../../../protocol/read-token.ts'
import { say } from '../../../../i18n/say.ts'
import { setCredentialView } from '../../../../state/ui-state.ts'
import { CopyButton } from '../../../../ui/code-block.tsx'
import { ByteBar } from './byte-bar.tsx'
import classes from './side.module.css'
import wire from './wire.module.css'

const JWS_PARTS = ['header', 'payload', 'signature'] as const
const JWE_PARTS = ['header', 'key', 'iv', 'ciphertext', 'tag'] as const

interface JwtWireProps {
  readonly token: string
  readonly read: ReadToken
  /** How it travelled, as on the wire; null for one that was pasted. */
  readonly carrier: string | null
  readonly scale: number
}

/** Where a token from anywhere is put in. It goes to the control API of this computer only. */
function Paste({ token }: { readonly token: string }) {
  const { t } = useTranslation('credential')
  return (
    <>
      <textarea
        className={wire['paste']}
        rows={3}
        spellCheck={false}
        autoComplete="off"
        aria-label={t('paste.label')}
        placeholder={t('paste.placeholder')}
        value={token}
        // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked to paste.
        autoFocus
        onChange={({ currentTarget }) => setCredentialView({ pasted: currentTarget.value.trim() })}
      />
      <p className={wire['promise']}>
        <IconLock size={13} stroke={1.75} aria-hidden />
        {t('paste.promise')}
      </p>
    </>
  )
}

/** The token as it is on the wire, its parts in their colours, and how many octets each takes. */
export function JwtWire({ token, read, carrier, scale }: JwtWireProps) {
  const { t } = useTranslation('credential')
  const names: readonly string[] = read.form === 'jwe' ? JWE_PARTS : JWS_PARTS
  const parts = read.parts.map((part, index) => [names[index] ?? 'rest', part] as const)
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('onTheWire')}</h4>
        <span className={`mono ${classes['sub']}`}>{carrier ?? t('paste.carrier')}</span>
        <span className="sp" />
        {token !== '' && <CopyButton text={token} label={t('copy')} doneLabel={t('copied')} hasLabel />}
      </div>
      {carrier === null && <Paste token={token} />}
      {token !== '' && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long token scrolls, by keyboard too. */}
          <section className={wire['token']} tabIndex={0} aria-label={t('token')}>
            {parts.map(([name, part], index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a token never move.
              <span key={index}>
                {index > 0 && <span className={wire['dot']}>.</span>}
                <span className={wire[`ink-${name}`]}>{part}</span>
              </span>
            ))}
          </section>
          <ByteBar
            total={token.length}
            scale={scale}
            parts={parts.slice(0, names.length).map(([name, part]) => [`fill-${name}`, part.length, say(`credential:part.${name}`)])}
          />
          {read.form === 'jwe' && <p className={classes['sub']}>{t('jwe')}</p>}
          {read.flaw !== null && read.form !== 'jwe' && (
            <p className={classes['sub']}>
              {t('refusedForm')} {t(`flaw.${read.flaw}`)}
            </p>
          )}
        </>
      )}
    </section>
  )
}
