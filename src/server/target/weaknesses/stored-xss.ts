import type { ReceivedTransfer } from '../parts.ts'
import type { Weakness } from './weakness.ts'

/**
 * Stored cross-site scripting. What is wrong: the memo that somebody else wrote is put into HTML as if it were HTML, so that the recipient's
 * browser takes markup in it for the page's own, script included (OWASP ASVS 5 V1.2.1).
 */
const naiveTransfersHtml = (transfers: readonly ReceivedTransfer[]): string =>
  transfers
    .map(({ from, amountCents, memo }) => `<li><b>${from}</b> <span>${(amountCents / 100).toFixed(2)}</span> <q>${memo}</q></li>`)
    .join('\n')

/**
 * The second line of defence is gone, too: the policy lets script run that stands in the page itself (V3.4.3). Whom the page may load from and
 * send to stays as it was: what a script takes here goes no further than the portal's own API.
 */
export const storedXss: Weakness = {
  id: 'stored-xss',
  notice: {
    en: 'Stored XSS: what somebody writes into a memo runs as script in the page of whoever receives it.',
    zh: '存储型 XSS：别人写在附言里的内容，会在收款人的页面里作为脚本运行。',
  },
  naive: ({ policy }) => ({ transfersHtml: naiveTransfersHtml, policy: { ...policy, scriptSrc: ["'self'", "'unsafe-inline'"] } }),
}
