interface Kin {
  readonly id: string
  readonly parent: string | null
  readonly look: 'live' | 'past' | 'event'
}

interface Place {
  readonly row: number
  readonly lane: number
}

/** The lane of each item, each after its parent: the first successor goes on in its parent's lane, every other one gets a lane of its own. */
export function lanesOf(items: readonly Kin[]): number[] {
  const laneOf = new Map<string, number>()
  const hasHeir = new Set<string>()
  let lanes = 0
  return items.map(({ id, parent, look }) => {
    const inherited = parent === null || look === 'event' || hasHeir.has(parent) ? undefined : laneOf.get(parent)
    if (parent !== null && look !== 'event') hasHeir.add(parent)
    const lane = inherited ?? lanes
    lanes = Math.max(lanes, lane + 1)
    laneOf.set(id, lane)
    return lane
  })
}

/** The lines between items and their parents; none to a parent that is not among them. */
export function edgesOf(items: readonly Kin[], lanes: readonly number[]): { from: Place; to: Place; isEvent: boolean }[] {
  const rowOf = new Map(items.map(({ id }, row) => [id, row]))
  return items.flatMap(({ parent, look }, row) => {
    const from = parent === null ? undefined : rowOf.get(parent)
    if (from === undefined) return []
    return [{ from: { row: from, lane: lanes[from] ?? 0 }, to: { row, lane: lanes[row] ?? 0 }, isEvent: look === 'event' }]
  })
}
