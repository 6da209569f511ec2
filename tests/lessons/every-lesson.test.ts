import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LESSONS } from '../../src/lessons/all-lessons.ts'
import { startTestLab, type TestLab } from '../support/start-lab.ts'
import { makeDirty, stateOf } from './lab-state.ts'

describe('every lesson, from a dirty lab, twice in a row', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await startTestLab()
    await makeDirty(lab)
  })
  afterAll(() => lab.close())

  test.each(LESSONS.map(({ id }) => id))('%s: every checkpoint holds, and the lab is as before', async (id) => {
    const before = await stateOf(lab)
    for (const run of ['first', 'second']) {
      const { status, json } = await lab.call('POST', `/lessons/${id}/run`)
      expect(status, JSON.stringify(json)).toBe(200)
      expect(
        json.steps.filter((step: { isPassed: boolean }) => !step.isPassed),
        run,
      ).toEqual([])
      expect(json.isPassed).toBe(true)
      expect(await stateOf(lab)).toEqual(before)
    }
  })
})
