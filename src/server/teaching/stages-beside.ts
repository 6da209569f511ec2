import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LessonLab } from '../../contract/lessons/lesson.ts'
import type { ClientIdentity } from '../clients/virtual-client.ts'
import type { Balancer } from '../cluster/balancer.ts'
import type { Config } from '../config.ts'
import type { LabParts } from '../control/lab-parts.ts'
import type { CurrentLab, SwitchableLab } from '../current-lab.ts'
import { TARGET_FILE, TRAFFIC_FILE } from '../lab-files.ts'
import { startWhole, type Undoing } from '../undoing.ts'
import type { ApartStage, LessonStage, Operations, StartApartStage, StartStage } from './lesson-stage.ts'

const LESSON_FOLDER = 'lesson-lab-'
const APART_FOLDER = 'comparison-lab-'

/** How a lab that is started beside differs from the first. */
export type BesideConfig = Pick<Config, 'nodes' | 'strategy' | 'store' | 'redisUrl'>

/** Starts a lab in an empty folder, set aside; what has to be ended with it is added to `undoing`. */
export type StartBeside = (config: BesideConfig, folder: string, undoing: Undoing) => Promise<SwitchableLab>

/** Starts a lab in an empty folder that shares nothing with the first: it has a balancer and traffic of its own. */
export type StartApart = (config: BesideConfig, folder: string, undoing: Undoing) => Promise<LabParts>

interface RaiseOptions {
  /** The data folder: the folders of stages are made in it. */
  readonly folder: string
  /** The operations of the control API on a lab. */
  operationsOn(lab: LabParts): Operations
}

/** What stages beside are made with. */
export interface StagesOptions extends RaiseOptions {
  readonly current: CurrentLab
  readonly balancer: Balancer
  readonly startBeside: StartBeside
}

/** What stages apart are made with. */
export interface ApartOptions extends RaiseOptions {
  readonly startApart: StartApart
}

/** What a lab that did not end in peace has left behind. */
function removeLeftovers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(prefix)) rmSync(join(folder, name), { recursive: true, force: true })
}

async function prepare(operations: Operations, parts: LabParts, wanted: LessonLab): Promise<void> {
  const { strategy, store, ...settings } = wanted.settings
  const identities = wanted.clients.map((client): ClientIdentity => ({ ...client }))
  await parts.clients.replace(identities)
  if (wanted.algorithm !== parts.keys.algorithm) await operations.keys.rotate({ algorithm: wanted.algorithm, emergency: true })
  if (Object.keys(settings).length > 0) await operations.cluster.change(settings)
}

const configOf = ({ nodes, settings: { strategy = 'round-robin', store = 'sqlite' } }: LessonLab): BesideConfig => ({
  nodes,
  strategy,
  store,
  redisUrl: null,
})

/** An empty folder that goes with `undoing`, which is run when the stage cannot be had. */
async function inOwnFolder<T>(folder: string, prefix: string, raise: (own: string, undoing: Undoing) => Promise<T>): Promise<T> {
  return startWhole((undoing) => {
    const own = mkdtempSync(join(folder, prefix))
    undoing.add(() => rmSync(own, { recursive: true, force: true }))
    return raise(own, undoing)
  })
}

/**
 * Starts labs for lessons beside the operator's, each in a folder of its own that goes with it. The operator's lab is neither copied nor put
 * back: it is set aside untouched, so that sessions in the memory of its nodes, its clock and its keys are what they were when it is in front again.
 */
export function stagesBeside({ folder, current, balancer, startBeside, operationsOn }: StagesOptions): StartStage {
  removeLeftovers(folder, LESSON_FOLDER)
  return (wanted) =>
    inOwnFolder(folder, LESSON_FOLDER, async (own, undoing) => {
      const config = configOf(wanted)
      const lab = await startBeside(config, own, undoing)
      const operations = operationsOn(lab.parts)
      await prepare(operations, lab.parts, wanted)
      return {
        lab: lab.parts,
        operations,
        enter: () => current.use(lab, balancer, config.strategy),
        close: async () => {
          if (current.isInFront(lab)) current.use(current.first, balancer)
          await undoing.run()
        },
      } satisfies LessonStage
    })
}

/** Starts labs that nobody sees: the operator's stays in front, and its traffic gets nothing of theirs. */
export function stagesApart({ folder, startApart, operationsOn }: ApartOptions): StartApartStage {
  removeLeftovers(folder, APART_FOLDER)
  return (wanted) =>
    inOwnFolder(folder, APART_FOLDER, async (own, undoing) => {
      let keptAs: string | null = null
      undoing.add(() => {
        if (keptAs !== null) renameSync(join(own, TRAFFIC_FILE), keptAs)
      })
      const lab = await startApart(configOf(wanted), own, undoing)
      const operations = operationsOn(lab)
      await prepare(operations, lab, wanted)
      return {
        lab,
        operations,
        databaseFile: join(own, TARGET_FILE),
        close: async (keepTrafficAs) => {
          keptAs = keepTrafficAs
          await undoing.run()
        },
      } satisfies ApartStage
    })
}
