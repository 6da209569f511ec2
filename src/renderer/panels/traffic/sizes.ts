/** Height of every line of the traffic, CSS pixels. */
export const LINE_HEIGHT_PX = 24
/** Height of the sticky head of the grid, CSS pixels. */
export const HEAD_HEIGHT_PX = 27
