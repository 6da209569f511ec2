import { useEffect, useRef, useState } from 'react'
import { say } from '../../i18n/say.ts'
import { shortVerdict } from '../../i18n/verdict-words.ts'
import { currentLog, useLab, useTraffic } from '../../state/use-lab.ts'

const EVERY_MS = 1000

/** Tells screen readers the newest verdict, politely and at most once a second. History that is loaded is not news. */
export function Announcer() {
  const { version } = useTraffic()
  const generation = useLab((lab) => lab.generation)
  const [words, setWords] = useState('')
  const said = useRef({ generation: -1, seq: 0 })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log changes in place; its version says when.
  useEffect(() => {
    const newest = currentLog().rows.findLast(({ exchange }) => exchange.verdict !== null)?.exchange
    if (said.current.generation !== generation) {
      said.current = { generation, seq: newest?.seq ?? 0 }
      return
    }
    if (timer.current !== null || (newest?.seq ?? 0) <= said.current.seq) return
    timer.current = setTimeout(() => {
      timer.current = null
      const latest = currentLog().rows.findLast(({ exchange }) => exchange.verdict !== null)?.exchange
      if (!latest || latest.seq <= said.current.seq) return
      said.current = { ...said.current, seq: latest.seq }
      const { seq, method, path } = latest
      setWords(say('traffic:announce', { seq, method, path, verdict: shortVerdict(latest) }))
    }, EVERY_MS)
  }, [version, generation])
  return (
    <div className="sr" aria-live="polite" role="status">
      {words}
    </div>
  )
}
