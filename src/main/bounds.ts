import { readFileSync, writeFileSync } from 'node:fs'
import { type BrowserWindow, type Rectangle, screen } from 'electron'
import { z } from 'zod'

const MIN = { width: 1024, height: 640 } as const
const DEFAULT = { width: 1440, height: 900 } as const
/** How much of a remembered window has to be on a display that is there now, pixels. */
const VISIBLE = 120

const Remembered = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(MIN.width).max(20_000),
  height: z.number().int().min(MIN.height).max(20_000),
  isMaximized: z.boolean(),
})
type Remembered = z.infer<typeof Remembered>

/** Whether enough of a rectangle lies on one of these areas to be seen and dragged. */
function isVisibleOn(areas: readonly Rectangle[], bounds: Rectangle): boolean {
  return areas.some((area) => {
    const width = Math.min(area.x + area.width, bounds.x + bounds.width) - Math.max(area.x, bounds.x)
    const height = Math.min(area.y + area.height, bounds.y + bounds.height) - Math.max(area.y, bounds.y)
    return width >= VISIBLE && height >= VISIBLE
  })
}

/** Where the window stood last time; the default size in the middle when that is unknown or off every display. */
export function readBounds(file: string): Partial<Rectangle> & { minWidth: number; minHeight: number; isMaximized: boolean } {
  const area = screen.getPrimaryDisplay().workAreaSize
  const size = { width: Math.min(DEFAULT.width, area.width), height: Math.min(DEFAULT.height, area.height) }
  const least = { minWidth: Math.min(MIN.width, area.width), minHeight: Math.min(MIN.height, area.height) }
  const remembered = readRemembered(file)
  const areas = screen.getAllDisplays().map((display) => display.workArea)
  if (!remembered || !isVisibleOn(areas, remembered)) return { ...size, ...least, isMaximized: remembered?.isMaximized ?? false }
  return { ...remembered, ...least }
}

function readRemembered(file: string): Remembered | null {
  try {
    return Remembered.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Never written, or not by this version: the default size serves.
    return null
  }
}

/** Writes where the window stands whenever it closes. */
export function rememberBounds(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const bounds: Remembered = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
    try {
      writeFileSync(file, JSON.stringify(bounds))
    } catch (error) {
      process.stderr.write(`The window's place could not be remembered: ${error instanceof Error ? error.message : error}\n`)
    }
  })
}
