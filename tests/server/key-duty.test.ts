import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { KeyDuty } from '../../src/server/key-duty.ts'
import { LabKeys } from '../../src/server/lab-keys.ts'

const OVERLAP = { tokenMs: 1_200_000, cookieMs: 43_200_000 }
let folder: string
let clock: LabClock
let keys: LabKeys
let duty: KeyDuty
let applied: string[][]
let noted: string[]
let problems: string[]
let isBroken: boolean

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  folder = mkdtempSync(join(tmpdir(), 'authlab-keys-'))
  clock = new LabClock(createClockBuffer())
  const opened = await LabKeys.open({ dataDir: folder, clock, overlap: OVERLAP, secretBox: null })
  keys = opened.keys
  applied = []
  noted = []
  problems = []
  isBroken = false
  duty = new KeyDuty({
    keys,
    apply: async ({ tokenKeys }) => {
      if (isBroken) throw new Error('no node')
      applied.push(tokenKeys.map(({ kid }) => kid))
    },
    note: (action) => noted.push(action),
    onProblem: (message) => problems.push(message),
  })
})
afterEach(async () => {
  await duty.close()
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

/** Real time goes by; what was due in it is done when this resolves. */
async function passRealTime(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms)
  await duty.check()
}

test('while the clock runs a key is made once a period, each time announced after nodes work by it', async () => {
  await keys.schedule(600)
  await passRealTime(599_000)
  expect(applied).toEqual([])
  await passRealTime(1000)
  expect(applied).toEqual([keys.target.tokenKeys.map(({ kid }) => kid)])
  expect(noted).toEqual(['key-rotated'])
  await passRealTime(600_000)
  expect(noted).toEqual(['key-rotated', 'key-rotated'])
})

test('a paused clock pauses the schedule and the end of overlaps, for as long as it stands', async () => {
  await keys.schedule(600)
  await keys.rotate({ algorithm: 'HS256', emergency: false })
  clock.pause()
  await passRealTime(3_600_000)
  expect([applied, keys.list().keys.map(({ state }) => state)]).toEqual([[], ['signing', 'verifying']])
  clock.resume()
  await passRealTime(599_000)
  expect(applied).toEqual([])
  await passRealTime(1000)
  expect(applied).toHaveLength(1)
})

test('a clock that stood still for long while time went on makes one key, not those that were left out', async () => {
  await keys.schedule(10 * 60)
  vi.setSystemTime(Date.now() + 365 * 24 * 3_600_000)
  await passRealTime(1000)
  await passRealTime(1000)
  expect(noted).toEqual(['key-rotated'])
})

test('what cannot be put in force is told once, and tried again at every look', async () => {
  await keys.schedule(600)
  isBroken = true
  await passRealTime(600_000)
  await passRealTime(1000)
  await passRealTime(600_000)
  expect(problems).toEqual(['keys could not be kept up with the lab clock: no node'])
  isBroken = false
  await passRealTime(1000)
  expect(applied).toEqual([keys.target.tokenKeys.map(({ kid }) => kid)])
})

test('after it is closed nothing is made any more', async () => {
  await keys.schedule(600)
  await duty.close()
  vi.advanceTimersByTime(10_000_000)
  expect(keys.list().keys).toHaveLength(1)
})
