import { describe, expect, test } from 'vitest'
import { Meter } from '../../src/server/cluster/upstream.ts'

describe('meter', () => {
  test('there are no percentiles before the first answer', () => {
    expect(new Meter().percentiles()).toEqual({ p50Ms: null, p95Ms: null })
  })

  test('percentiles are nearest ranks of the newest 512 answers', () => {
    const meter = new Meter()
    for (let count = 0; count < 600; count++) meter.add(1_000_000)
    for (let duration = 1; duration <= 512; duration++) meter.add(duration)
    expect(meter.percentiles()).toEqual({ p50Ms: 256, p95Ms: 487 })
    expect(meter.count).toBe(1112)
  })

  test('after clearing it counts from zero', () => {
    const meter = new Meter()
    meter.add(5)
    meter.clear()
    expect([meter.count, meter.percentiles().p50Ms]).toEqual([0, null])
  })
})
