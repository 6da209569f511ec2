import { useLab } from '../../state/use-lab.ts'
import { LessonList } from './lesson-list.tsx'
import { LessonPlayer } from './player/lesson-player.tsx'
import { useLessonUnderWay } from './use-lessons.ts'

/** The lesson under way; when there is none, the list of all. */
export function LessonsScreen() {
  const run = useLab((lab) => lab.lesson)
  const lesson = useLessonUnderWay()
  if (!run) return <LessonList />
  return lesson && <LessonPlayer key={run.startedAt} lesson={lesson} run={run} />
}
