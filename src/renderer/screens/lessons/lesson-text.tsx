import { Fragment } from 'react'
import type { Passage, Words } from '../../../contract/lessons/words.ts'
import { useUi } from '../../state/ui-state.ts'
import classes from './lessons.module.css'

/** A text of a lesson in the language of the page. */
export const useWords = (): ((words: Words) => string) => {
  const language = useUi((ui) => ui.language)
  return (words) => (language === 'zh-CN' ? words.zh : words.en)
}

const MARKUP = /(\*\*[^*]+\*\*|`[^`]+`)/

/** A text with its markup: `**bold**` and, between backquotes, what is on the wire. */
export function LessonText({ words }: { readonly words: Words }) {
  const text = useWords()(words)
  return text.split(MARKUP).map((part, index) => {
    const key = `${index}${part}`
    if (part.startsWith('**')) return <b key={key}>{part.slice(2, -2)}</b>
    if (part.startsWith('`')) {
      return (
        <span key={key} className={`mono ${classes['wire']}`}>
          {part.slice(1, -1)}
        </span>
      )
    }
    return <Fragment key={key}>{part}</Fragment>
  })
}

/** A paragraph with the clauses that say what it says. */
export const LessonPassage = ({ passage }: { readonly passage: Passage }) => (
  <p>
    <LessonText words={passage} />
    {passage.clauses.map((clause) => (
      <span key={clause} className={`mono ${classes['clause']}`}>
        {clause}
      </span>
    ))}
  </p>
)
