import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Desktop, expect, openDesktop, test as withApp } from '../support/electron-app.ts'

const test = withApp.extend<{ dataDir: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  dataDir: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
})

const boundsOf = ({ app }: Desktop): Promise<unknown> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())

test('the window opens where, and as large as, it was when it closed', async ({ staged, dataDir }) => {
  const first = await openDesktop(staged, ['--data-dir', dataDir])
  const chosen = { x: 70, y: 40, width: 1101, height: 703 }
  expect(await boundsOf(first)).not.toEqual(chosen)
  await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), chosen)
  await expect.poll(() => boundsOf(first)).toEqual(chosen)
  await first.close()
  const second = await openDesktop(staged, ['--data-dir', dataDir])
  expect(await boundsOf(second)).toEqual(chosen)
  await second.close()
})

for (const [what, kept] of [
  ['off every display', JSON.stringify({ x: -5000, y: 9000, width: 1101, height: 703, isMaximized: false })],
  ['that cannot be read', '{"x":'],
] as const) {
  test(`a remembered place ${what} is not used`, async ({ staged, dataDir }) => {
    mkdirSync(join(dataDir, 'window'))
    writeFileSync(join(dataDir, 'window', 'window.json'), kept)
    const desktop = await openDesktop(staged, ['--data-dir', dataDir])
    const isOnDisplay = await desktop.app.evaluate(({ BrowserWindow, screen }) => {
      const window = BrowserWindow.getAllWindows()[0]?.getBounds()
      const { workArea } = screen.getPrimaryDisplay()
      const holds = (at: number, size: number, start: number, room: number) => at >= start && at + size <= start + room
      return (
        window !== undefined &&
        holds(window.x, window.width, workArea.x, workArea.width) &&
        holds(window.y, window.height, workArea.y, workArea.height)
      )
    })
    expect(isOnDisplay).toBe(true)
    await desktop.close()
  })
}
