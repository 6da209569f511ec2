import { useEffect, useRef } from 'react'
import { useLab } from '../../state/use-lab.ts'
import { LessonList } from './lesson-list.tsx'
import { LessonPlayer } from './player/lesson-player.tsx'
import { useLessonUnderWay } from './use-lessons.ts'

/** The lesson under way; when there is none, the list of all. */
export function LessonsScreen() {
  const run = useLab((lab) => lab.lesson)
  const lesson = useLessonUnderWay()
  const last = useRef<string | null>(null)
  useEffect(() => {
    if (run) last.current = run.lesson
  }, [run])
  if (!run) return <LessonList left={last.current} />
  return lesson && <LessonPlayer key={run.startedAt} lesson={lesson} run={run} />
}
