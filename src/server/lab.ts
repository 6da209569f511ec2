import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { assemble, switchable } from './assemble-lab.ts'
import { AttackerSite } from './attacker/attacker-site.ts'
import { type Config, DEFAULT_CAPTURE_CAPACITY } from './config.ts'
import type { LabParts } from './control/lab-parts.ts'
import { router } from './control/router.ts'
import { openDataFolder } from './data-folder.ts'
import { type Ground, keep, layGround, portalUrl, type Running, type Shared, startTraffic, type Teaching } from './lab-ground.ts'
import { openControl } from './open-control.ts'
import type { Lab, Ready, Shell } from './running-lab.ts'
import { LabSnapshots } from './snapshots/lab-snapshots.ts'
import { settleRestore } from './snapshots/settle-restore.ts'
import { Checkpoints } from './storage/checkpoints.ts'
import { Comparisons } from './teaching/comparison/comparisons.ts'
import { LessonLibrary } from './teaching/lesson-library.ts'
import { LessonPlayer } from './teaching/lesson-player.ts'
import { type StartApart, type StartBeside, stagesApart, stagesBeside } from './teaching/stages-beside.ts'
import { startWhole, type Undoing } from './undoing.ts'

const operationsOn = (lab: LabParts) => createRouterClient(router, { context: { lab } })

/** Lessons, comparisons and snapshots; labs for the first two are started beside the operator's, which is the one that is kept and put back. */
function createTeaching(ground: Ground, running: Running): Teaching {
  const attackerSite = new AttackerSite(portalUrl(running.balancer), (site) =>
    ground.announcer.publishTraffic({ type: 'attacker-site', site }),
  )
  ground.undoing.add(() => attackerSite.close())
  const teaching: Teaching = {
    attackerSite,
    lessons: createLessons(ground, running, () => teaching),
    comparisons: createComparisons(ground, () => teaching),
    snapshots: new LabSnapshots({
      files: ground.files,
      secretBox: ground.shell.secretBox,
      operatorsLab: () => ground.current.first.parts,
      outside: () => teaching.lessons.outside(),
    }),
  }
  ground.undoing.add(() => Promise.all([teaching.lessons.leave(), teaching.comparisons.close()]))
  return teaching
}

function createComparisons({ config, files, announcer, current }: Ground, teaching: () => Teaching): Comparisons {
  const startApart: StartApart = async (wanted, folder, undoing) => {
    // Its secrets end with it, so that nothing has to be sealed.
    const own = { ...config, ...wanted, balancerPort: 0, isBalancerPortAsked: true, captureCapacity: DEFAULT_CAPTURE_CAPACITY }
    const ground = await layGround(own, NO_SHELL, folder, null, undoing)
    const running = await startTraffic(ground)
    const parts = assemble(ground, running, teaching())
    ground.current.use(switchable(ground, parts), running.balancer)
    return parts
  }
  return new Comparisons({
    dataDir: files.folder,
    startStage: stagesApart({ folder: files.folder, startApart, operationsOn }),
    operatorsLab: () => current.first.parts,
    onProgress: (progress) => announcer.publishTraffic({ type: 'comparison', progress }),
  })
}

function createLessons(ground: Ground, { recorder, balancer }: Running, teaching: () => Teaching): LessonPlayer {
  const { config, shell, files, announcer, current } = ground
  const startBeside: StartBeside = async (wanted, folder, undoing) => {
    const keepCapacity = (capacity: number): void => current.first.parts.keepCapacity(capacity)
    const shared: Shared = { recorder, balancer, keepCapacity }
    const beside = await layGround({ ...config, ...wanted }, shell, folder, { ground, shared }, undoing)
    return switchable(beside, assemble(beside, await startTraffic(beside), teaching()))
  }
  return new LessonPlayer({
    library: new LessonLibrary(config.lessonsDir ?? join(files.folder, 'lessons')),
    startStage: stagesBeside({
      folder: files.folder,
      current,
      balancer,
      startBeside,
      operationsOn,
    }),
    recorder,
    attackerSite: { isOn: () => teaching().attackerSite.state().url !== null, set: (isOn) => teaching().attackerSite.set(isOn) },
    operatorsLab: () => current.first.parts,
    onChange: (run) => announcer.publishTraffic({ type: 'lesson', run }),
    onAction: (action, params) => current.parts.note(action, params),
    readProgress: () => files.settings.lessonProgress(),
    keepProgress: (progress) => keep(() => files.settings.keepLessonProgress(progress)),
    readCues: () => files.settings.cues(),
    keepCues: (cues) => keep(() => files.settings.keepCues(cues)),
  })
}

async function start(config: Config, shell: Shell, undoing: Undoing): Promise<Lab> {
  const folder = openDataFolder(config.dataDir, config.isFresh)
  undoing.add(() => folder.release())
  const settled = await settleRestore(folder.path, shell.secretBox)
  const ground = await layGround(config, shell, folder.path, null, undoing)
  const { files, current } = ground
  const checkpoints = new Checkpoints({
    databaseFiles: [files.targetFile, files.labFile],
    onProblem: (message) => console.error(message),
  })
  undoing.add(() => checkpoints.close())
  const running = await startTraffic(ground)
  const notices = [...settled, ...files.notices, ...running.notices]
  const parts = { ...assemble(ground, running, createTeaching(ground, running)), notices }
  current.use(switchable(ground, parts), running.balancer)
  const { token, url } = await openControl(ground, notices)
  const workbench = `${url}/#token=${token}`
  const { version, mode, balancerUrl: balancer } = parts
  const ready: Ready = { version, mode, workbench, api: `${url}/lab/api`, balancer, token, dataDir: folder.path }
  let closing: Promise<void> | undefined
  return {
    ready,
    workbenchUrl: workbench,
    apiUrl: ready.api,
    balancerUrl: balancer,
    portalUrl: parts.portalUrl,
    token,
    dataDir: folder.path,
    notices,
    clientTag: (id) => {
      const tag = current.parts.clients.tagOf(id)
      return tag === null ? null : { name: 'X-AuthLab-Client', tag }
    },
    attackerOrigins: () => Object.values(parts.attackerSite.state()).flatMap((url) => (url === null ? [] : new URL(url).origin)),
    close: () => {
      closing ??= undoing.run()
      return closing
    },
  }
}

const NO_SHELL: Shell = { secretBox: Promise.resolve(null) }

/**
 * Starts a lab; the one place where its parts are put together.
 * @throws LabError when a port, the folder or a database cannot be had; nothing is left open then
 */
export const startLab = (config: Config, shell = NO_SHELL): Promise<Lab> => startWhole((undoing) => start(config, shell, undoing))
