import { expect, test } from 'vitest'
import type { LabEvent } from '../../../src/contract/events.ts'
import { currentUi, selectExchange } from '../../../src/renderer/state/ui-state.ts'
import { applyEvents } from '../../../src/renderer/state/use-lab.ts'

test('nothing stays selected when the traffic is cleared', () => {
  selectExchange('a')
  applyEvents([{ seq: 1, type: 'traffic-cleared' } as LabEvent])
  expect(currentUi().selectedExchange).toBeNull()
})
