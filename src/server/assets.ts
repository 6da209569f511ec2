const isSource = import.meta.url.endsWith('.ts')

/** Where a file beside the code is: its place in `src/server`, or its name in the bundle's one flat folder. */
const locate = (inSource: string, inBundle: string): URL => new URL(isSource ? inSource : inBundle, import.meta.url)

/** Entry of the worker thread that runs one node. */
export const nodeWorkerUrl = (): URL => locate('./cluster/node-worker.ts', './node-worker.js')
/** Entry of the worker thread that writes recorded traffic. */
export const recorderWorkerUrl = (): URL => locate('./traffic/recorder-worker.ts', './recorder-worker.js')
/** Entry of the worker thread that copies the databases' logs into their files. */
export const checkpointWorkerUrl = (): URL => locate('./storage/checkpoint-worker.ts', './checkpoint-worker.js')
/** Entry of the worker thread that writes and reads snapshots. */
export const snapshotWorkerUrl = (): URL => locate('./snapshots/snapshot-worker.ts', './snapshot-worker.js')
/** Folder of the numbered SQL files of one database. */
export const migrationsUrl = (database: 'target' | 'lab'): URL => locate(`./storage/migrations/${database}/`, `./migrations/${database}/`)
/** Folder of the target's portal page. */
export const portalUrl = (): URL => locate('./target/portal/', './portal/')
/** Folder of the page that plays an attacker. */
export const attackerPageUrl = (): URL => locate('./attacker/page/', './attacker-page/')
/** Folder of the built workbench. */
export const rendererUrl = (): URL => locate('../../out/renderer/', '../renderer/')
/** The package's own description. */
export const packageUrl = (): URL => locate('../../package.json', '../../package.json')
