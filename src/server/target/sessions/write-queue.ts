import { AsyncResource } from 'node:async_hooks'
import type Database from 'better-sqlite3'
import { LabError } from '../../errors.ts'
import { BUSY_TIMEOUT_MS, isBusy } from '../../storage/open.ts'

/** How work in the queue ended: exactly one of the two is null or absent. */
export type Done<T> = (error: LabError | null, result?: T) => void

interface Waiting {
  attempt(): boolean
  giveUp(): void
  deadlineMs: number
}

const RETRY_EVERY_MS = 20

/**
 * Runs statements at once and answers synchronously; while another process holds the lock it retries in order, without blocking the thread.
 * Only the first statement that meets the lock waits inside SQLite (the connection's busy timeout); from then on the time-out is 0.
 */
export class WriteQueue {
  readonly #database: Database.Database
  readonly #patienceMs: number
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param patienceMs real time after which work is given up with `store-unavailable`. */
  constructor(database: Database.Database, patienceMs = 2000) {
    this.#database = database
    this.#patienceMs = patienceMs
  }

  /** @param isOrdered false for reads, which need not stand behind writes that wait. */
  run<T>(work: () => T, done: Done<T>, isOrdered = true): void {
    if ((isOrdered && this.#waiting.length > 0) || !attempt(work, done)) this.#enqueue(work, done)
  }

  /** Gives up everything that still waits. */
  close(): void {
    clearTimeout(this.#timer)
    for (const waiting of this.#waiting.splice(0)) waiting.giveUp()
  }

  #enqueue<T>(work: () => T, done: Done<T>): void {
    // Bound: a retry runs from one timer for all, but answers in the async context of its own request.
    const context = new AsyncResource('SessionStoreRetry')
    this.#waiting.push({
      attempt: () => context.runInAsyncScope(attempt<T>, undefined, work, done),
      giveUp: () => context.runInAsyncScope(() => done(asUnavailable())),
      deadlineMs: performance.now() + this.#patienceMs,
    })
    if (this.#waiting.length > 1) return
    this.#setBusyTimeout(0)
    this.#timer = setTimeout(() => this.#retry(), RETRY_EVERY_MS)
  }

  #retry(): void {
    try {
      while (this.#settleFirst());
    } finally {
      if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#retry(), RETRY_EVERY_MS)
      else this.#setBusyTimeout(BUSY_TIMEOUT_MS)
    }
  }

  /** False when nothing waits or the lock is still held. */
  #settleFirst(): boolean {
    const first = this.#waiting[0]
    if (!first) return false
    let isSettled = false
    try {
      isSettled = first.attempt()
    } catch (error) {
      this.#waiting.shift()
      throw error
    }
    if (!isSettled && performance.now() < first.deadlineMs) return false
    this.#waiting.shift()
    if (!isSettled) first.giveUp()
    return true
  }

  #setBusyTimeout(milliseconds: number): void {
    if (this.#database.open) this.#database.pragma(`busy_timeout = ${milliseconds}`)
  }
}

/** Works and answers; false when the lock was held, then nothing is answered. */
function attempt<T>(work: () => T, done: Done<T>): boolean {
  let result: T
  try {
    result = work()
  } catch (error) {
    if (isBusy(error)) return false
    done(asUnavailable(error))
    return true
  }
  // Outside the try: what the caller's callback throws is the caller's.
  done(null, result)
  return true
}

/** Any failure of the database in the words of the verdict `store-unavailable`. */
export function asUnavailable(cause?: unknown): LabError {
  if (cause instanceof LabError) return cause
  return new LabError('store-unavailable', 'The session store cannot be used: its database is locked, damaged or cannot be written.', {
    cause,
  })
}
