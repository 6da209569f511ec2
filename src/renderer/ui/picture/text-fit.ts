/** How a text is set. */
export interface TextStyle {
  readonly sizePx: number
  readonly isMono: boolean
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/
const NARROW = /[ .,:;'|!ijlI()[\]t/fr-]/
const BROAD = /[MWmw@%✓✗…]/

/** Widths of characters as shares of the size: not measured, so that a picture is the same wherever it is made. */
function shareOf(character: string, isMono: boolean): number {
  if (WIDE.test(character)) return 1
  if (isMono) return 0.6
  if (NARROW.test(character)) return 0.36
  if (BROAD.test(character)) return 0.92
  return /[A-Z0-9]/.test(character) ? 0.68 : 0.57
}

/** About how wide a text is, pixels; rather too much than too little. */
export function widthOf(text: string, { sizePx, isMono }: TextStyle): number {
  let shares = 0
  for (const character of text) shares += shareOf(character, isMono)
  return shares * sizePx
}

/** As much of a text as fits, with an ellipsis where it was cut. */
export function fitted(text: string, widthPx: number, style: TextStyle): string {
  if (widthOf(text, style) <= widthPx) return text
  const characters = [...text]
  while (characters.length > 1 && widthOf(`${characters.join('')}…`, style) > widthPx) characters.pop()
  return `${characters.join('').trimEnd()}…`
}

/** Where a line may break: after a space, and around a character that stands for itself. */
const piecesOf = (text: string): string[] => [...text].reduce<string[]>(addCharacter, [])

function addCharacter(pieces: string[], character: string): string[] {
  const last = pieces.at(-1)
  const isJoined = last !== undefined && !last.endsWith(' ') && !WIDE.test(character) && !WIDE.test(last.at(-1) ?? '')
  // Punctuation of either script never begins a line.
  const isBound = last !== undefined && /[，。：；、）,.:;)]/.test(character)
  if (isJoined || isBound || (last !== undefined && character === ' ')) pieces[pieces.length - 1] = last + character
  else pieces.push(character)
  return pieces
}

/** A text in lines of at most this width, at most `most` of them; a piece that is too long by itself is cut. */
export function wrapped(text: string, widthPx: number, style: TextStyle, most = 3): string[] {
  const lines: string[] = []
  for (const piece of piecesOf(text)) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf((last + piece).trimEnd(), style) <= widthPx) lines[lines.length - 1] = last + piece
    else lines.push(piece)
  }
  const shown = lines.slice(0, most)
  if (lines.length > most) shown[most - 1] = `${shown[most - 1]?.trimEnd()} ${lines.slice(most).join('')}`
  return shown.map((line) => fitted(line.trimEnd(), widthPx, style))
}
