import { useQuery } from '@tanstack/react-query'
import type { Lesson } from '../../../contract/lessons/lesson.ts'
import { api } from '../../api.ts'
import { useLab } from '../../state/use-lab.ts'

/** All lessons, what is wrong with files of the own folder, and what has been done; read anew when a lesson is left. */
export function useLessonList() {
  const isUnderWay = useLab((lab) => lab.lesson !== null)
  return useQuery({
    queryKey: ['lessons', isUnderWay],
    queryFn: async () => {
      const [lessons, files, progress] = await Promise.all([api.lessons.list(), api.lessons.files(), api.progress.get()])
      return { lessons, files, progress }
    },
    staleTime: 0,
  })
}

/** The lesson under way, whole, as it was when it was started; null until it has arrived, and when there is none. */
export function useLessonUnderWay(): Lesson | null {
  const id = useLab((lab) => lab.lesson?.lesson ?? null)
  const startedAt = useLab((lab) => lab.lesson?.startedAt ?? null)
  const { data } = useQuery({
    queryKey: ['lesson', id, startedAt],
    queryFn: () => api.lessons.get({ id: id ?? '' }),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (id !== null && data) || null
}
