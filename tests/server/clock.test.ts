import { expect, test } from 'vitest'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'

const near = (actual: number, expected: number): void => expect(Math.abs(actual - expected)).toBeLessThan(1000)

test('the offset moves every reader of the same buffer', () => {
  const buffer = createClockBuffer()
  const operator = new LabClock(buffer)
  const node = new LabClock(buffer, { clockSkewMs: 5000 })
  operator.setOffset(3_600_000)
  near(operator.nowMs(), Date.now() + 3_600_000)
  near(node.nowMs(), Date.now() + 3_605_000)
})

test('a paused clock stands still, and can still be moved', () => {
  const clock = new LabClock(createClockBuffer())
  clock.pause()
  const before = clock.nowMs()
  expect(clock.nowMs()).toBe(before)
  clock.setOffset(60_000)
  expect(clock.isPaused).toBe(true)
  near(clock.nowMs(), Date.now() + 60_000)
})

test('resuming goes on from the time it was paused at', () => {
  const clock = new LabClock(createClockBuffer())
  clock.setOffset(-7_200_000)
  clock.pause()
  const stoodAt = clock.nowMs()
  clock.resume()
  near(clock.nowMs(), stoodAt)
  near(clock.offsetMs, -7_200_000)
})

test('real time means no offset and running', () => {
  const clock = new LabClock(createClockBuffer())
  clock.setOffset(1000)
  clock.pause()
  clock.toRealTime()
  expect(clock.offsetMs).toBe(0)
  expect(clock.isPaused).toBe(false)
})
