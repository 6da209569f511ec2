import type { LessonInput } from '../contract/lessons/lesson.ts'
import { sessionInACluster } from './session-in-a-cluster.ts'

/** The lessons that come with the lab, in the order in which they build on each other. */
export const LESSONS: readonly LessonInput[] = [sessionInACluster]
