import { oc } from '@orpc/contract'
import { z } from 'zod'

/** The format that is written now; older ones are read. */
export const SNAPSHOT_VERSION = 1
/** The largest snapshot that is taken, octets. */
export const MAX_SNAPSHOT_OCTETS = 1024 * 1024 * 1024
/** The most checkpoints that are kept. */
export const MAX_CHECKPOINTS = 20
/** Ending of a snapshot's file name, without the dot. */
export const SNAPSHOT_EXTENSION = 'authlab'
/** What a snapshot is on the wire. */
export const SNAPSHOT_TYPE = 'application/vnd.authlab.snapshot'

/** Schema of the id of a snapshot. */
export const CheckpointId = z.string().regex(/^[0-9a-f]{16}$/)

/** Schema of what a snapshot tells of itself. */
export const SnapshotHead = z.object({
  id: CheckpointId,
  /** Null for one that was asked for as a file. */
  name: z.string().max(80).nullable(),
  /** `undo`: the lab as it was before it was put back last. */
  kind: z.enum(['file', 'checkpoint', 'undo']),
  /** Real time, Unix milliseconds. */
  madeAt: z.number(),
  /** Lab time, Unix milliseconds: where the lab clock goes on from. */
  labTime: z.number(),
  /** Of the AuthLab that wrote it. */
  labVersion: z.string().max(40),
  /** With keys and live credentials. Without them the lab gets new keys, and everybody is logged out. */
  hasSecrets: z.boolean(),
  exchanges: z.number().int().nonnegative(),
  /** Sessions in the database, live or not. */
  sessions: z.number().int().nonnegative(),
})
/** What a snapshot tells of itself. */
export type SnapshotHead = z.infer<typeof SnapshotHead>

/** Schema of a checkpoint: a snapshot in the data folder. */
export const Checkpoint = SnapshotHead.extend({ octets: z.number().int() })
/** A checkpoint: a snapshot in the data folder. */
export type Checkpoint = z.infer<typeof Checkpoint>

/** What of a lab is not in a snapshot. `redis`: what the session store held; `remote-nodes`: nodes given by URL. */
export const LeftOut = z.enum(['redis', 'remote-nodes'])
/** What of a lab is not in a snapshot. */
export type LeftOut = z.infer<typeof LeftOut>

/** Schema of what came of it when a lab was put back. */
export const Restored = z.object({
  from: SnapshotHead,
  /** Id of the checkpoint that holds the lab as it was before. */
  undo: z.string(),
  /** What the lab that was kept had, and this one lacks. */
  leftOut: z.array(LeftOut),
})
/** What came of it when a lab was put back. */
export type Restored = z.infer<typeof Restored>

const ById = z.strictObject({ id: z.string().regex(/^(?:[0-9a-f]{16}|last)$/, 'is the id of a checkpoint, or `last`') })

/** The whole lab as one file. The operator's lab is meant, not that of a lesson. */
export const snapshot = {
  save: oc
    .route({
      method: 'GET',
      path: '/lab/snapshot',
      summary: 'The whole lab as one file; with its keys and live credentials unless asked otherwise',
    })
    .input(z.strictObject({ secrets: z.enum(['with', 'without']).default('with') }))
    .output(z.file()),
  restore: oc
    .route({
      method: 'POST',
      path: '/lab/restore',
      summary: 'The lab of such a file in the place of this one; this one stays as a checkpoint',
    })
    .input(z.file())
    .output(Restored),
}

/** Snapshots in the data folder. */
export const checkpoints = {
  list: oc.route({ method: 'GET', path: '/checkpoints', summary: 'Checkpoints, the newest first' }).output(z.array(Checkpoint)),
  save: oc
    .route({ method: 'POST', path: '/checkpoints', summary: 'Keep the lab as it is now', successStatus: 201 })
    .input(z.strictObject({ name: z.string().trim().min(1).max(80) }))
    .output(Checkpoint),
  restore: oc
    .route({
      method: 'POST',
      path: '/checkpoints/{id}/restore',
      summary: 'Put the lab back to a checkpoint; `last` is the newest that was saved',
    })
    .input(ById)
    .output(Restored),
  remove: oc
    .route({ method: 'DELETE', path: '/checkpoints/{id}', summary: 'Forget a checkpoint', successStatus: 204 })
    .input(ById)
    .output(z.void()),
}
