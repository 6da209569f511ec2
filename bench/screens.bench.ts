import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from '@playwright/test'
import { startLabProcess } from '../scripts/lab-process.ts'
import { type BenchRow, row } from './bench-row.ts'

const RENDERER = resolve(import.meta.dirname, '..', 'out/renderer')
const REPETITIONS = 9
const VIEWPORT = { width: 1440, height: 900 }

/** From the click until the frame after the one in which the screen's first heading stands. */
const drawnMs = (page: Page, index: number): Promise<number> =>
  page.evaluate(async (place) => {
    const button = document.querySelectorAll<HTMLButtonElement>('nav button')[place]
    const main = document.querySelector('main')
    if (!button || !main) throw new Error('The page has no rail')
    const before = main.firstElementChild
    const frame = (): Promise<number> => new Promise(requestAnimationFrame)
    const startedAt = performance.now()
    button.click()
    while (main.firstElementChild === before || !main.querySelector('h1, h2')) await frame()
    return (await frame()) - startedAt
  }, index)

/** What index.html names: all that is needed before the first drawing, octets. */
function firstLoad(): number {
  const html = readFileSync(join(RENDERER, 'index.html'), 'utf8')
  const files = [...html.matchAll(/assets\/[^"]+\.(?:js|css)/g)].map(([file]) => file)
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(RENDERER, file))).byteLength, gzipSync(html).byteLength)
}

/** Every screen, drawn at a click on the rail, and what the page loads before it is drawn at all. */
export async function run(): Promise<BenchRow[]> {
  const lab = await startLabProcess()
  const browser = await chromium.launch({
    executablePath: process.env['AUTHLAB_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage({ viewport: VIEWPORT })
    for (const client of ['alice-laptop', 'bob-laptop']) {
      await lab.call('POST', `/clients/${client}/login`)
      await lab.call('POST', `/clients/${client}/requests`, { path: '/me' })
    }
    await page.goto(lab.ready.workbench)
    await page.getByRole('grid').first().waitFor()
    const names = await page.locator('nav button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('title') ?? ''))
    // The page loads the other screens when it has nothing else to do.
    await page.evaluate(async () => {
      const idle = (): Promise<void> => new Promise((done) => requestIdleCallback(() => done()))
      await idle()
      await idle()
      await document.fonts.ready
    })
    const taken = names.map((): number[] => [])
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const index of names.keys()) {
        if (index > 0 || repetition > 0) taken[index]?.push(await drawnMs(page, index))
      }
    }
    return [
      ...names.map((name, index) => row(`screen ${name}: from the click until it is drawn`, taken[index] ?? [], ' ms', ['<=', 100])),
      row('first load, gzipped', [firstLoad() / 1000], ' kB', ['<=', 450]),
    ]
  } finally {
    await browser.close()
    await lab.stop()
  }
}
