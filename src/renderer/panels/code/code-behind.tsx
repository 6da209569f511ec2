import { IconBook2, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reasonOf } from '../../api.ts'
import type { ShownCode } from '../../state/ui-state.ts'
import { Choice } from '../../ui/choice.tsx'
import { CopyButton } from '../../ui/code-block.tsx'
import classes from './code.module.css'
import { CodeLines } from './code-lines.tsx'
import { findSymbol } from './find-symbol.ts'
import { FRAMEWORKS, type Framework, languageOf, readReading, type Topic, topicOf } from './reading.ts'
import { readSource } from './sources.ts'

/** What ran: the file as it was bundled, the symbol of the step marked in it. */
function Ran({ file, symbol }: ShownCode) {
  const { t } = useTranslation('code')
  const { data: source, error } = useQuery({
    queryKey: ['source', file],
    queryFn: () => readSource(file),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const marked = source ? findSymbol(source, symbol) : null
  return (
    <section className={classes['side']} aria-label={t('ran')}>
      <header>
        <IconPlayerPlay size={15} stroke={1.75} aria-hidden />
        <h3>{t('ran')}</h3>
        <span className={`mono trunc ${classes['file']}`} title={file}>
          {marked ? `${file}:${marked.first}` : file}
        </span>
        <span className="sp" />
        {source && <CopyButton text={source} label={t('copyFile')} doneLabel={t('copied')} />}
      </header>
      <p>{t('ranHint', { symbol })}</p>
      {source && <CodeLines text={source} language="typescript" label={file} marked={marked} hasNumbers />}
      {source === null && <p className={classes['none']}>{t('notBundled')}</p>}
      {error && <p className={classes['none']}>{reasonOf(error)}</p>}
    </section>
  )
}

function Reading({ topic }: { readonly topic: Topic }) {
  const { t } = useTranslation('code')
  const [framework, setFramework] = useState<Framework>('express')
  const { data: pieces, error } = useQuery({
    queryKey: ['reading', topic],
    queryFn: () => readReading(topic),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <section className={classes['side']} aria-label={t('reading')}>
      <header>
        <IconBook2 size={15} stroke={1.75} aria-hidden />
        <h3>{t('reading')}</h3>
        <span className="tag">{t('notRun')}</span>
        <span className="sp" />
        {pieces && <CopyButton text={pieces[framework]} label={t('copyPiece')} doneLabel={t('copied')} />}
      </header>
      <p>{t(`topic.${topic}`)}</p>
      <Choice
        label={t('framework')}
        value={framework}
        options={FRAMEWORKS.map((name) => [name, t(`frameworkName.${name}`)] as const)}
        choose={setFramework}
      />
      {pieces && <CodeLines text={pieces[framework]} language={languageOf(framework)} label={t(`frameworkName.${framework}`)} />}
      {error && <p className={classes['none']}>{reasonOf(error)}</p>}
    </section>
  )
}

/** The code behind a step, and how the same thing is done elsewhere. */
export function CodeBehind({ code }: { readonly code: ShownCode }) {
  const { t } = useTranslation('code')
  const topic = topicOf(code.kind)
  return (
    <div className={classes['sides']}>
      <Ran {...code} />
      {topic === null ? <p className={classes['none']}>{t('noReading')}</p> : <Reading topic={topic} />}
    </div>
  )
}
