import { expect, test } from 'vitest'
import { bestLayout, layoutOf, NODE_SIZES, SIZES } from '../../../src/renderer/panels/topology/layout.ts'
import { pathOf } from '../../../src/renderer/panels/topology/path.ts'

test('a session goes on to the store, a token checked by the node ends there', () => {
  expect(pathOf({ client: 'a', node: 'node-1' }, 'read')).toEqual(['client:a', 'node:node-1', 'store:node-1'])
  expect(pathOf({ client: 'a', node: 'node-1' }, null)).toEqual(['client:a', 'node:node-1'])
})

test("a stranger's request begins at the balancer, and ends there when no node took it", () => {
  expect(pathOf({ client: null, node: 'node-1' }, null)).toEqual(['node:node-1'])
  expect(pathOf({ client: null, node: null }, null)).toEqual([])
})

test.each(['desk', 'room'] as const)(
  'for a %s no two boxes overlap, and all are right of the balancer and left of the store, with one node to sixteen',
  (audience) => {
    for (let count = 1; count <= 16; count += 1) {
      const { nodes, density, balancer, store } = layoutOf(4, count, 'wide', audience)
      const { width, height } = NODE_SIZES[density]
      expect(nodes).toHaveLength(count)
      for (const [index, place] of nodes.entries()) {
        expect(place.x).toBeGreaterThan(balancer.x + SIZES.balancer.width)
        expect(place.x + width).toBeLessThan(store.x)
        for (const other of nodes.slice(index + 1)) {
          expect(Math.abs(place.x - other.x) >= width || Math.abs(place.y - other.y) >= height).toBe(true)
        }
      }
    }
  },
)

test('in a pane that is narrow and tall the store is below the nodes, and the picture is larger than it would be in a row', () => {
  const scaleOf = (size: { width: number; height: number }) => Math.min(460 / size.width, 640 / size.height)
  for (const count of [1, 2, 3]) {
    const { shape, nodes, density, store, size } = bestLayout(3, count, { width: 460, height: 640 })
    expect(shape).toBe('tall')
    for (const place of nodes) expect(place.y + NODE_SIZES[density].height).toBeLessThan(store.y)
    expect(scaleOf(size)).toBeGreaterThan(1.2 * scaleOf(layoutOf(3, count).size))
  }
})

test('in the pane of the workbench the picture stays in a row', () => {
  for (const count of [1, 3, 5, 16]) expect(bestLayout(4, count, { width: 700, height: 290 }).shape).toBe('wide')
  expect(bestLayout(2, 1, { width: 564, height: 232 }).shape).toBe('wide')
})

test('for a room the picture of up to seven nodes is drawn a fifth larger at least in the same pane, and none is drawn smaller', () => {
  const scaleOf = ({ size }: ReturnType<typeof bestLayout>) => Math.min(676 / size.width, 306 / size.height)
  const pane = { width: 690, height: 336 }
  for (let count = 1; count <= 16; count += 1) {
    const ratio = scaleOf(bestLayout(4, count, pane, 'room')) / scaleOf(bestLayout(4, count, pane))
    expect(ratio, `${count} nodes`).toBeGreaterThan(count <= 7 ? 1.2 : 0.999)
  }
})
