import { type Browser, chromium, type Page } from '@playwright/test'
import { type BenchRow, row } from './bench-row.ts'
import { EMPTY_PAGE, servePage } from './page-server.ts'

const EXCHANGES = 100_000
const EVENTS_PER_SECOND = 5000
const FLOOD_SECONDS = 10
const SCROLL_MS = 4000
const SCROLLS = 5
/** Height of a line of the traffic, CSS pixels. */
const LINE_HEIGHT_PX = 24
const WORDS = ['bad-signature', '/orders', 'alice', 'node-3']
const GRID = '[role=grid]'
const VIEWPORT = { width: 1440, height: 900 }

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

/** The same rows in a page without the app: plain elements that are only put in their places. What its frames take, this machine takes. */
async function plainRows(page: Page, browser: Browser, url: string): Promise<Page> {
  const { head, grid, box } = await page.locator(GRID).evaluate((element) => ({
    head: [...document.querySelectorAll('link[rel=stylesheet], style')].map(({ outerHTML }) => outerHTML).join(''),
    grid: element.outerHTML,
    box: { width: element.clientWidth, height: element.clientHeight },
  }))
  const plain = await browser.newPage({ viewport: VIEWPORT })
  await plain.goto(new URL(EMPTY_PAGE, url).href)
  await plain.evaluate(
    ([styles, html, { width, height }, lineHeight]) => {
      document.head.innerHTML = styles
      document.body.innerHTML = `<div style="display:flex;flex-direction:column;width:${width}px;height:${height}px">${html}</div>`
      const scroller = document.querySelector('[role=grid]')
      const rows = [...document.querySelectorAll<HTMLElement>('[role=rowgroup] > [role=row]')]
      const place = (): void => {
        const first = Math.max(0, Math.floor((scroller?.scrollTop ?? 0) / lineHeight) - 6)
        for (let line = first; line < first + rows.length; line++) {
          const row = rows[line % rows.length]
          if (!row?.firstElementChild || row.firstElementChild.textContent === String(line)) continue
          row.style.transform = `translateY(${line * lineHeight}px)`
          row.firstElementChild.textContent = String(line)
        }
      }
      scroller?.addEventListener('scroll', place)
      if (scroller) scroller.scrollTop = scroller.scrollHeight
    },
    [head, grid, box, LINE_HEIGHT_PX] as const,
  )
  return plain
}

/** Longest frames of both pages, in turns: the machine's own long frames must not count as the app's. */
async function scrollInTurns(page: Page, browser: Browser, url: string): Promise<{ app: number[]; plain: number[] }> {
  const plain = await plainRows(page, browser, url)
  const took: { app: number[]; plain: number[] } = { app: [], plain: [] }
  for (let repetition = 0; repetition < SCROLLS; repetition++) {
    await plain.bringToFront()
    took.plain.push(await longestFrame(plain, SCROLL_MS, true))
    await page.bringToFront()
    took.app.push(await longestFrame(page, SCROLL_MS, true))
  }
  await plain.close()
  return took
}

/** The workbench with 100,000 exchanges in a real browser: filter, scrolling, and 5,000 events a second. Needs a build. */
export async function run(): Promise<BenchRow[]> {
  const server = await servePage(EXCHANGES)
  const browser = await chromium.launch({
    executablePath: process.env['AUTHLAB_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage({ viewport: VIEWPORT })
    await page.goto(server.url)
    await page.waitForFunction(([selector, count]) => Number(document.querySelector(selector)?.getAttribute('aria-rowcount')) > count, [
      GRID,
      EXCHANGES,
    ] as const)
    const typed = await keystrokes(page, WORDS)
    const scrolled = await scrollInTurns(page, browser, server.url)
    const frames = longestFrame(page, FLOOD_SECONDS * 1000, false)
    const last = await server.flood(EVENTS_PER_SECOND, FLOOD_SECONDS)
    const floodFrame = await frames
    await page.waitForFunction(([selector, count]) => Number(document.querySelector(selector)?.getAttribute('aria-rowcount')) > count, [
      GRID,
      last,
    ] as const)
    return [
      row('text filter, a keystroke, 100,000 exchanges', typed, ' ms', ['<=', 16]),
      row('longest frame while scrolling', scrolled.app, ' ms', ['<=', 50]),
      row('the same rows without the app, longest frame', scrolled.plain, ' ms'),
      row('events lost at 5,000 a second for 10 s', [last - (await rowsShown(page))], '', ['<=', 0]),
      row('longest frame meanwhile', [floodFrame], ' ms'),
    ]
  } finally {
    await browser.close()
    server.close()
  }
}
