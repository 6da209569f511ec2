import { expect, test } from 'vitest'
import { layoutOf, SIZES } from '../../../src/renderer/panels/topology/layout.ts'
import { pathOf } from '../../../src/renderer/panels/topology/path.ts'

test('a session goes on to the store, a token checked by the node ends there', () => {
  expect(pathOf({ client: 'a', node: 'node-1' }, 'read')).toEqual(['client:a', 'node:node-1', 'store:node-1'])
  expect(pathOf({ client: 'a', node: 'node-1' }, null)).toEqual(['client:a', 'node:node-1'])
})

test("a stranger's request begins at the balancer, and ends there when no node took it", () => {
  expect(pathOf({ client: null, node: 'node-1' }, null)).toEqual(['node:node-1'])
  expect(pathOf({ client: null, node: null }, null)).toEqual([])
})

test('no two boxes of a column overlap, with one node or sixteen', () => {
  for (const count of [1, 3, 16]) {
    const { nodes } = layoutOf(4, count)
    expect(nodes).toHaveLength(count)
    nodes.slice(1).forEach((place, index) => {
      expect(place.y - (nodes[index]?.y ?? 0)).toBeGreaterThan(SIZES.node.height)
    })
  }
})
