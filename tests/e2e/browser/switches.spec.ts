import { expect, test } from '../support/fixtures.ts'

/** Contrast of two colours as the browser computes them (WCAG 2.2, relative luminance). */
function contrastOf(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const parts = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => Number(part) / 255)
    const [red = 0, green = 0, blue = 0] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

for (const theme of ['light', 'dark'] as const) {
  test(`WCAG 2.2 1.4.11: in ${theme} the knob of a switch that is on stands out from its track; the legend tells the way in force`, async ({
    page,
    lab,
  }) => {
    await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language: 'en' })])
    await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: true })
    await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
    await page.goto(lab.ready.workbench)
    await expect(page.getByText('JWT: signature, then denylist')).toBeVisible()
    await page.getByRole('button', { name: 'node-2 settings' }).click()
    const on = page.getByRole('switch', { name: 'Take no new keys' })
    await expect(on).toBeChecked()
    const colours = await on.evaluate((input) => {
      const track = input.nextElementSibling as HTMLElement
      return [track, track.firstElementChild as HTMLElement].map((part) => getComputedStyle(part).backgroundColor)
    })
    expect(contrastOf(colours[0] ?? '', colours[1] ?? '')).toBeGreaterThanOrEqual(3)
  })
}
