import { describe, expect, test } from 'vitest'
import { STRATEGIES } from '../../src/contract/cluster.ts'
import { atRandom, createStrategy, leastConnections, roundRobin, sticky } from '../../src/server/cluster/strategies.ts'

const nodes = (...inFlight: number[]) => inFlight.map((count, index) => ({ id: `node-${index + 1}`, inFlight: count }))

describe('strategies', () => {
  test('round robin goes round in order', () => {
    const choose = roundRobin()
    const picks = Array.from({ length: 4 }, () => choose(nodes(0, 0, 0), null)?.id)
    expect(picks).toEqual(['node-1', 'node-2', 'node-3', 'node-1'])
  })

  test('least connections takes the node with the fewest unanswered requests', () => {
    expect(leastConnections()(nodes(3, 1, 2), null)?.id).toBe('node-2')
  })

  test('least connections shares evenly among idle nodes', () => {
    const choose = leastConnections()
    const picks = Array.from({ length: 4 }, () => choose(nodes(0, 0), null)?.id)
    expect(picks).toEqual(['node-1', 'node-2', 'node-1', 'node-2'])
  })

  test('random reaches the first and the last node', () => {
    expect(atRandom(() => 0)(nodes(0, 0, 0), null)?.id).toBe('node-1')
    expect(atRandom(() => 0.9999)(nodes(0, 0, 0), null)?.id).toBe('node-3')
  })

  test('sticky stays on the node of the affinity cookie', () => {
    const choose = sticky()
    expect(Array.from({ length: 3 }, () => choose(nodes(0, 0, 0), 'node-2')?.id)).toEqual(['node-2', 'node-2', 'node-2'])
  })

  test('sticky takes another node when the one of the cookie takes no requests', () => {
    expect(sticky(() => null)(nodes(0, 0), 'node-9')).toBeNull()
    expect(sticky()(nodes(0, 0), 'node-9')?.id).toBe('node-1')
  })

  test.each(STRATEGIES)('%s finds no node where there is none', (name) => {
    expect(createStrategy(name)([], null)).toBeNull()
  })
})
