import { escapeHtml } from '../../protocol/html.ts'
import type { ReceivedTransfer } from './parts.ts'

/** What others wrote becomes text, whatever it is: it is encoded for the place where it stands (OWASP ASVS 5 V1.2.1). */
export const transfersHtml = (transfers: readonly ReceivedTransfer[]): string =>
  transfers
    .map(
      ({ from, amountCents, memo }) =>
        `<li><b>${escapeHtml(from)}</b> <span>${(amountCents / 100).toFixed(2)}</span> <q>${escapeHtml(memo)}</q></li>`,
    )
    .join('\n')
