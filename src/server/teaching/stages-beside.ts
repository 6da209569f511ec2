import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LessonLab } from '../../contract/lessons/lesson.ts'
import type { ClientIdentity } from '../clients/virtual-client.ts'
import type { Balancer } from '../cluster/balancer.ts'
import type { Config } from '../config.ts'
import type { LabParts } from '../control/lab-parts.ts'
import type { CurrentLab, SwitchableLab } from '../current-lab.ts'
import { Undoing } from '../undoing.ts'
import type { LessonStage, Operations, StartStage } from './lesson-stage.ts'

const FOLDER = 'lesson-lab-'

/** How a lab that is started beside differs from the first. */
export type BesideConfig = Pick<Config, 'nodes' | 'strategy' | 'store' | 'redisUrl'>

/** Starts a lab in an empty folder, set aside; what has to be ended with it is added to `undoing`. */
export type StartBeside = (config: BesideConfig, folder: string, undoing: Undoing) => Promise<SwitchableLab>

/** What stages are made with. */
export interface StagesOptions {
  /** The data folder: the folders of stages are made in it. */
  readonly folder: string
  readonly current: CurrentLab
  readonly balancer: Balancer
  readonly startBeside: StartBeside
  /** The operations of the control API on a lab. */
  operationsOn(lab: LabParts): Operations
}

/** What a lab that did not end in peace has left behind. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(FOLDER)) rmSync(join(folder, name), { recursive: true, force: true })
}

async function prepare(operations: Operations, { parts }: SwitchableLab, wanted: LessonLab): Promise<void> {
  const { strategy, store, ...settings } = wanted.settings
  const identities = wanted.clients.map((client): ClientIdentity => ({ ...client }))
  await parts.clients.replace(identities)
  if (wanted.algorithm !== parts.keys.algorithm) await operations.keys.rotate({ algorithm: wanted.algorithm, emergency: true })
  if (Object.keys(settings).length > 0) await operations.cluster.change(settings)
}

/**
 * Starts labs for lessons beside the operator's, each in a folder of its own that goes with it. The operator's lab is neither copied nor put
 * back: it is set aside untouched, so that sessions in the memory of its nodes, its clock and its keys are what they were when it is in front again.
 */
export function stagesBeside({ folder, current, balancer, startBeside, operationsOn }: StagesOptions): StartStage {
  removeLeftovers(folder)
  return async (wanted) => {
    const undoing = new Undoing()
    const own = mkdtempSync(join(folder, FOLDER))
    undoing.add(() => rmSync(own, { recursive: true, force: true }))
    const { strategy = 'round-robin', store = 'sqlite' } = wanted.settings
    try {
      const lab = await startBeside({ nodes: wanted.nodes, strategy, store, redisUrl: null }, own, undoing)
      const operations = operationsOn(lab.parts)
      await prepare(operations, lab, wanted)
      return {
        lab: lab.parts,
        operations,
        enter: () => current.use(lab, balancer, strategy),
        close: async () => {
          if (current.isInFront(lab)) current.use(current.first, balancer)
          await undoing.run()
        },
      } satisfies LessonStage
    } catch (error) {
      await undoing.run()
      throw error
    }
  }
}
