import { createReadStream, createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ORPCError } from '@orpc/server'
import { type RequestHandler, type Response, Router } from 'express'
import { MAX_SNAPSHOT_OCTETS, SNAPSHOT_EXTENSION, SNAPSHOT_TYPE } from '../../contract/snapshot.ts'
import { LabError } from '../errors.ts'
import { isNoRoom, noRoom } from '../no-room.ts'
import { type RefusalStatus, refuse } from './answers.ts'
import { toAnswer } from './errors.ts'
import type { LabParts } from './lab-parts.ts'

class TooLarge extends Error {}

/** Passes everything on, up to the size that is taken. */
function limited(most: number): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.byteLength
      done(seen > most ? new TooLarge() : null, chunk)
    },
  })
}

const save =
  (lab: () => LabParts): RequestHandler =>
  async (request, response) => {
    const { secrets = 'with', ...others } = request.query
    if ((secrets !== 'with' && secrets !== 'without') || Object.keys(others).length > 0) {
      refuse(response, 400, { message: '`secrets` is `with` or `without`; nothing else can be asked.' })
      return
    }
    const { file, head, remove } = await lab().snapshots.save(secrets === 'with')
    try {
      const moment = new Date(head.madeAt).toISOString().slice(0, 19).replaceAll(':', '-')
      // In quotes, which `response.attachment` leaves out where it may: the page's client finds no other name.
      response.setHeader('Content-Disposition', `attachment; filename="authlab-${moment}.${SNAPSHOT_EXTENSION}"`)
      response.type(SNAPSHOT_TYPE)
      await pipeline(createReadStream(file), response)
    } finally {
      await remove()
    }
  }

const restore =
  (lab: () => LabParts): RequestHandler =>
  async (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_SNAPSHOT_OCTETS) throw new TooLarge()
    const incoming = lab().snapshots.incoming()
    try {
      await pipeline(request, limited(MAX_SNAPSHOT_OCTETS), createWriteStream(incoming.file, { mode: 0o600 }))
      response.json(await incoming.restore())
    } finally {
      await incoming.remove()
    }
  }

function answerFailure(error: unknown, response: Response): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  if (error instanceof TooLarge) {
    // What is still to come is not read: the connection ends with this answer.
    response.setHeader('Connection', 'close')
    refuse(response, 413, { message: `A snapshot has at most ${MAX_SNAPSHOT_OCTETS / 1024 / 1024} MiB.` })
    return
  }
  const failure = isNoRoom(error) ? noRoom(error) : new LabError('storage', 'The snapshot could not be written or read.', { cause: error })
  const answer = toAnswer(error instanceof LabError ? error : failure)
  const { status, message } = answer instanceof ORPCError ? answer : { status: 500, message: answer.message }
  refuse(response, status as RefusalStatus, { message })
}

const guarded =
  (handler: RequestHandler): RequestHandler =>
  async (request, response, next) => {
    try {
      await handler(request, response, next)
    } catch (error) {
      answerFailure(error, response)
    }
  }

/** Snapshots as files: they go from disk to wire and back in pieces, so that a lab of any size fits. */
export function snapshotFiles(lab: () => LabParts): Router {
  const files = Router()
  files.get('/lab/snapshot', guarded(save(lab)))
  files.post('/lab/restore', guarded(restore(lab)))
  return files
}
