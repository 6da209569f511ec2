import { attributesOf, type Mark, type Paint, type Scene } from './marks.ts'

/** The light theme, for a picture that leaves the page. */
export const LIGHT: Readonly<Record<Paint, string>> = {
  panel: '#ffffff',
  sunk: '#f0f2f5',
  'line-2': '#cfd5dd',
  'line-3': '#8a93a1',
  ink: '#12151b',
  'ink-2': '#414957',
  inv: '#ffffff',
  ses: '#a84b08',
  'ses-solid': '#d06e05',
  'ses-tint': '#fff4e6',
  jwt: '#4b40cf',
  'jwt-solid': '#6a5fe8',
  'jwt-tint': '#f0effe',
  ok: '#12713a',
  no: '#bc232a',
}

const SANS = "Inter, 'PingFang SC', 'Microsoft YaHei UI', 'Noto Sans CJK SC', system-ui, sans-serif"
const MONO = "'JetBrains Mono', 'Noto Sans Mono CJK SC', ui-monospace, monospace"
const MARGIN_PX = 12

/** XML 1.0 §2.2 knows no other control characters than these three. */
const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, (character) => (/[\t\n\r]/.test(character) ? character : '\uFFFD'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

function elementOf(mark: Mark): string {
  const attributes = Object.entries({
    ...attributesOf(mark, (paint) => LIGHT[paint]),
    ...(mark.shape === 'text' && mark.isMono && { 'font-family': MONO }),
  })
  const written = attributes.map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join('')
  return mark.shape === 'text' ? `<text${written}>${escaped(mark.text)}</text>` : `<${mark.shape}${written}/>`
}

/** The picture as a file that needs nothing besides: colours of the light theme, no style sheet, fonts that fall back. */
export function toSvg({ widthPx, headHeightPx, bodyHeightPx, head, body }: Scene, title: string): string {
  const width = widthPx + 2 * MARGIN_PX
  const height = headHeightPx + bodyHeightPx + 2 * MARGIN_PX
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escaped(SANS)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${LIGHT.panel}"/>`,
    `<g transform="translate(${MARGIN_PX} ${MARGIN_PX + headHeightPx})">`,
    ...body.map(elementOf),
    '</g>',
    `<g transform="translate(${MARGIN_PX} ${MARGIN_PX})">`,
    ...head.map(elementOf),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}
