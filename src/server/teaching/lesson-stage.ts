import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../contract/index.ts'
import type { LessonLab } from '../../contract/lessons/lesson.ts'
import type { LabParts } from '../control/lab-parts.ts'

/** The operations of the control API on one lab: what the workbench can do, and nothing else. */
export type Operations = ContractRouterClient<Omit<typeof contract, 'events' | 'snapshot'>>

/** A lab that was started for a lesson, beside the operator's. */
export interface LessonStage {
  readonly lab: Pick<LabParts, 'clock' | 'cluster' | 'recorder' | 'settings' | 'stores' | 'log'>
  readonly operations: Operations
  /** Puts it in front: requests and commands are its own from now on. */
  enter(): void
  /** Ends it; the operator's lab is in front again, as it was, unless another one is. Nothing stays of it but the traffic. */
  close(): Promise<void>
}

/** Starts a lab in the state that a lesson asks for. @throws LabError when it cannot be had */
export type StartStage = (wanted: LessonLab) => Promise<LessonStage>

/** A lab that was started to measure on: the operator's stays in front, and its traffic gets nothing of this one's. */
export interface ApartStage {
  readonly lab: LabParts
  readonly operations: Operations
  /** The target's database, while it runs. */
  readonly databaseFile: string
  /** Ends it. Its traffic stays, as a database of this name, unless that is null. */
  close(keepTrafficAs: string | null): Promise<void>
}

/** Starts a lab apart in the state asked for. @throws LabError when it cannot be had */
export type StartApartStage = (wanted: LessonLab) => Promise<ApartStage>

/** What actions and assertions of one step look at. */
export interface StepContext {
  readonly stage: LessonStage
  /** Exchanges that a step caused, in order; those of the step at hand when none is named. */
  exchangesOf(step?: string): readonly string[]
  /** Public ids of the session that each client held last, by client. */
  readonly lastSessions: ReadonlyMap<string, string>
}
