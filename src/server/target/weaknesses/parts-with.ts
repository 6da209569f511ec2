import { WEAKNESSES, type WeaknessId } from '../../../contract/weaknesses.ts'
import { escapeHtml } from '../../../protocol/html.ts'
import { SOUND_PARTS, type TargetParts } from '../parts.ts'
import { storedXss } from './stored-xss.ts'
import { tokenInWebStorage } from './token-in-web-storage.ts'
import type { Weakness } from './weakness.ts'

const BY_ID: Readonly<Record<WeaknessId, Weakness>> = {
  'stored-xss': storedXss,
  'token-in-web-storage': tokenInWebStorage,
}

const line = ({ notice: { en, zh } }: Weakness): string =>
  `<li><span lang="en">${escapeHtml(en)}</span><span lang="zh-CN">${escapeHtml(zh)}</span></li>`

const noticeOf = (weaknesses: readonly Weakness[]): string =>
  `<aside class="weak"><b><span lang="en">Weak on purpose</span><span lang="zh-CN">故意存在的弱点</span></b><ul>${weaknesses.map(line).join('')}</ul></aside>`

/** What the app is composed of with these weaknesses; its page says which. Without any it is {@link SOUND_PARTS} itself. */
export function partsWith(ids: readonly WeaknessId[]): TargetParts {
  const on = WEAKNESSES.filter((id) => ids.includes(id)).map((id) => BY_ID[id])
  if (on.length === 0) return SOUND_PARTS
  let parts = SOUND_PARTS
  for (const weakness of on) parts = { ...parts, ...weakness.naive(parts) }
  return { ...parts, portalNotice: noticeOf(on) }
}
