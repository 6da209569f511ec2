import { chromium, type Page } from '@playwright/test'
import { type BenchRow, row } from './bench-row.ts'
import { servePage } from './page-server.ts'

const EXCHANGES = 100_000
const EVENTS_PER_SECOND = 5000
const FLOOD_SECONDS = 10
const SCROLL_MS = 4000
const WORDS = ['bad-signature', '/orders', 'alice', 'node-3']
const GRID = '[role=grid]'

const rowsShown = (page: Page): Promise<number> => page.locator(GRID).evaluate((grid) => Number(grid.getAttribute('aria-rowcount')) - 1)

/** Time of the script work of each keystroke: from the key until the page has drawn it and is idle again, without waiting for frames. */
const keystrokes = (page: Page, words: string[]): Promise<number[]> =>
  page.evaluate(async (texts) => {
    const input = document.querySelector<HTMLInputElement>('input[type=search]')
    const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
    if (!input || !setValue) throw new Error('The page has no filter')
    const type = (text: string): void => {
      setValue.call(input, text)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    }
    const nextTask = (): Promise<void> =>
      new Promise((done) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => done()
        port2.postMessage(null)
      })
    const rest = (): Promise<void> => new Promise((done) => setTimeout(done, 60))
    const took: number[] = []
    for (const text of texts) {
      for (let length = 1; length <= text.length; length++) {
        const startedAt = performance.now()
        type(text.slice(0, length))
        // React draws the deferred filter in tasks of its own right after the event; two turns of the queue see them through.
        await nextTask()
        await nextTask()
        took.push(performance.now() - startedAt)
        await rest()
      }
      type('')
      await rest()
    }
    return took
  }, words)

/** Longest time between two frames while something goes on. */
const longestFrame = (page: Page, forMs: number, isScrolling: boolean): Promise<number> =>
  page.evaluate(
    async ([duration, mustScroll, selector]) => {
      const grid = document.querySelector(selector)
      if (!grid) throw new Error('The page has no traffic')
      const startedAt = performance.now()
      let last = startedAt
      let longest = 0
      while (last - startedAt < duration) {
        // Down and up at the pace of a fast wheel.
        if (mustScroll) grid.scrollTop += Math.floor((last - startedAt) / 1000) % 2 === 0 ? -360 : 300
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
      }
      return longest
    },
    [forMs, isScrolling, GRID] as const,
  )

/** The workbench with 100,000 exchanges in a real browser: filter, scrolling, and 5,000 events a second. Needs a build. */
export async function run(): Promise<BenchRow[]> {
  const server = await servePage(EXCHANGES)
  const browser = await chromium.launch({
    executablePath: process.env['AUTHLAB_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(server.url)
    await page.waitForFunction(([selector, count]) => Number(document.querySelector(selector)?.getAttribute('aria-rowcount')) > count, [
      GRID,
      EXCHANGES,
    ] as const)
    const typed = await keystrokes(page, WORDS)
    const scrolled: number[] = []
    for (let repetition = 0; repetition < 3; repetition++) scrolled.push(await longestFrame(page, SCROLL_MS, true))
    const frames = longestFrame(page, FLOOD_SECONDS * 1000, false)
    const last = await server.flood(EVENTS_PER_SECOND, FLOOD_SECONDS)
    const floodFrame = await frames
    await page.waitForFunction(([selector, count]) => Number(document.querySelector(selector)?.getAttribute('aria-rowcount')) > count, [
      GRID,
      last,
    ] as const)
    return [
      row('text filter, a keystroke, 100,000 exchanges', typed, ' ms', ['<=', 16]),
      row('longest frame while scrolling', scrolled, ' ms', ['<=', 50]),
      row('events lost at 5,000 a second for 10 s', [last - (await rowsShown(page))], '', ['<=', 0]),
      row('longest frame meanwhile', [floodFrame], ' ms'),
    ]
  } finally {
    await browser.close()
    server.close()
  }
}
