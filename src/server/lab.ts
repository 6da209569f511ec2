import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { Config } from './config.ts'
import { router } from './control/router.ts'
import { openDataFolder } from './data-folder.ts'
import { assemble, type Ground, keep, layGround, type Running, type Shared, startTraffic, switchable } from './lab-ground.ts'
import { openControl } from './open-control.ts'
import type { Lab, Ready, Shell } from './running-lab.ts'
import { Checkpoints } from './storage/checkpoints.ts'
import { LessonLibrary } from './teaching/lesson-library.ts'
import { LessonPlayer } from './teaching/lesson-player.ts'
import { type StartBeside, stagesBeside } from './teaching/stages-beside.ts'
import { startWhole, type Undoing } from './undoing.ts'

/** What lessons are played with; labs for them are started beside the first one. */
function createLessons(ground: Ground, { recorder, balancer }: Running): LessonPlayer {
  const { config, shell, files, announcer, current } = ground
  const startBeside: StartBeside = async (wanted, folder, undoing) => {
    const keepCapacity = (capacity: number): void => current.first.parts.keepCapacity(capacity)
    const shared: Shared = { recorder, balancer, lessons, keepCapacity }
    const beside = await layGround({ ...config, ...wanted }, shell, folder, { ground, shared }, undoing)
    return switchable(beside, assemble(beside, await startTraffic(beside), lessons))
  }
  const lessons = new LessonPlayer({
    library: new LessonLibrary(config.lessonsDir ?? join(files.folder, 'lessons')),
    startStage: stagesBeside({
      folder: files.folder,
      current,
      balancer,
      startBeside,
      operationsOn: (lab) => createRouterClient(router, { context: { lab } }),
    }),
    recorder,
    operatorsLab: () => current.first.parts,
    onChange: (run) => announcer.publishTraffic({ type: 'lesson', run }),
    onAction: (action, params) => current.parts.note(action, params),
    readProgress: () => files.settings.lessonProgress(),
    keepProgress: (progress) => keep(() => files.settings.keepLessonProgress(progress)),
  })
  ground.undoing.add(() => lessons.leave())
  return lessons
}

async function start(config: Config, shell: Shell, undoing: Undoing): Promise<Lab> {
  const folder = openDataFolder(config.dataDir, config.isFresh)
  undoing.add(() => folder.release())
  const ground = await layGround(config, shell, folder.path, null, undoing)
  const { files, current } = ground
  const checkpoints = new Checkpoints({
    databaseFiles: [files.targetFile, files.labFile],
    onProblem: (message) => console.error(message),
  })
  undoing.add(() => checkpoints.close())
  const running = await startTraffic(ground)
  const notices = [...files.notices, ...running.notices]
  const parts = { ...assemble(ground, running, createLessons(ground, running)), notices }
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
