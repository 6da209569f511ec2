import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpMessage } from '../../../../contract/exchanges.ts'
import { CodeBlock, CopyButton } from '../../../ui/code-block.tsx'
import { HeaderTable } from '../../../ui/header-table.tsx'
import { bytesWords } from '../dates.ts'
import { maskBody, maskHeader, prettyBody } from './body-text.ts'
import classes from './message.module.css'

interface MessageTabProps {
  readonly message: HttpMessage
  readonly startLine: string
  readonly title: string
  /** Class of the mechanism's accent. */
  readonly accent: 'ses' | 'jwt' | 'plain'
}

function accentsOf(accent: MessageTabProps['accent'], headers: HttpMessage['headers']): Record<string, 'ses' | 'jwt'> {
  if (accent === 'plain') return {}
  const accents: Record<string, 'ses' | 'jwt'> = {}
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'authorization' && /^bearer\b/i.test(value)) accents[lower] = 'jwt'
    if (lower === 'cookie' || lower === 'set-cookie') accents[lower] = accent
  }
  return accents
}

function Body({ message, isMasked }: { readonly message: HttpMessage; readonly isMasked: boolean }) {
  const { t } = useTranslation('inspector')
  const [isRaw, setRaw] = useState(false)
  const pretty = prettyBody(message)
  if (message.bodyBytes === 0) return <p className="dim">{t('noBody')}</p>
  const text = pretty !== null && !isRaw ? pretty : message.body
  const shown = isMasked ? maskBody(text) : text
  return (
    <>
      <div className={classes['tools']}>
        {pretty !== null && (
          <div role="radiogroup" aria-label={t('bodyView')} className="seg">
            {[false, true].map((raw) => (
              // biome-ignore lint/a11y/useSemanticElements: a radio input cannot be drawn as a segment.
              <button key={String(raw)} type="button" role="radio" aria-checked={isRaw === raw} onClick={() => setRaw(raw)}>
                {t(raw ? 'raw' : 'pretty')}
              </button>
            ))}
          </div>
        )}
        <span className="sp" />
        <CopyButton text={shown} label={t('copy')} doneLabel={t('copied')} hasLabel />
      </div>
      {message.bodyEncoding === 'base64' && <p className="dim">{t('binary')}</p>}
      <CodeBlock text={shown} />
      {message.isBodyCut && (
        <p className={classes['cut']} role="note">
          {t('cut', { kept: bytesWords(64 * 1024), whole: bytesWords(message.bodyBytes) })}
        </p>
      )}
    </>
  )
}

/** One half of an exchange as it was on the wire. */
export function MessageTab({ message, startLine, title, accent }: MessageTabProps) {
  const { t } = useTranslation('inspector')
  const [isMasked, setMasked] = useState(false)
  const headers = isMasked ? message.headers.map(([name, value]) => [name, maskHeader(name, value)] as const) : message.headers
  const head = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
  return (
    <div>
      <div className={classes['bar']}>
        <h3>{title}</h3>
        <span className="sp" />
        <CopyButton text={head} label={t('copy')} doneLabel={t('copied')} />
      </div>
      <p className={classes['sizes']}>
        {t('size', { head: bytesWords(Math.max(0, message.bytes - message.bodyBytes)), body: bytesWords(message.bodyBytes) })}
        <label className={classes['mask']}>
          <input type="checkbox" checked={isMasked} onChange={(event) => setMasked(event.currentTarget.checked)} />
          {t('hideValues')}
        </label>
      </p>
      <div className={classes['head']}>
        <p className={`mono ${classes['start']}`}>{startLine}</p>
        <HeaderTable
          caption={t('headers')}
          headers={headers}
          accents={accentsOf(accent, message.headers)}
          accentLabel={t('carriesCredential')}
        />
      </div>
      <h3 className={classes['bodyTitle']}>{t('body')}</h3>
      <Body message={message} isMasked={isMasked} />
    </div>
  )
}
