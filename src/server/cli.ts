import { once } from 'node:events'
import type { Notice } from '../contract/lab.ts'
import { EXIT, leave, leaveFailed, readOrLeave, requireNode, say, watchSignals } from './command-line.ts'
import { type Config, parseConfig } from './config.ts'
import { openBrowser } from './open-browser.ts'
import { outliveReaders } from './outlive-readers.ts'
import type { Lab } from './running-lab.ts'

const MOVED_ASIDE = 'a file that did not pass its integrity check was moved aside to {path}; a fresh one was started.'
/** By code; in braces what the notice fills in. */
const WORDS: Readonly<Record<Notice['code'], string>> = {
  'port-moved': 'port {from} of the {what} is taken, it moved to {to}.',
  'database-moved-aside': MOVED_ASIDE,
  'keys-moved-aside': MOVED_ASIDE,
  'keys-left-sealed': 'the keys in {path} are sealed for the desktop app and stay where they are; new ones were made.',
  'restore-undone': 'it ended while a snapshot was being opened: the lab was put back as it was before.',
  'restore-finished': 'it ended just after a snapshot had been opened: the lab is that of the snapshot.',
  'restore-not-undone':
    'it ended while a snapshot was being opened, and the checkpoint of before is gone: the lab may be part the one and part the other.',
}

const inWords = ({ code, params }: Notice): string => `${WORDS[code].replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')} (${code})`

function announce(lab: Lab, config: Config): void {
  for (const notice of lab.notices) say(inWords(notice))
  const why = process.env['AUTHLAB_WHY_BROWSER']
  if (why) say(`browser mode, because ${why}: ${lab.workbenchUrl}`)
  process.stdout.write(`AUTHLAB_READY ${JSON.stringify(lab.ready)}\n`)
  if (config.shouldOpen && config.mode !== 'headless') openBrowser(lab.workbenchUrl, () => say(`Open ${lab.workbenchUrl} in a browser.`))
}

async function main(): Promise<void> {
  const config = readOrLeave(() => parseConfig(process.argv.slice(2), process.env))
  if (config.mode === 'desktop')
    leave(EXIT.badFlag, '--desktop needs the Electron app; this is the server alone: use npm start -- --desktop.')
  requireNode()
  outliveReaders()
  const stopped = watchSignals()
  // Only now: the native module of the database would not load under an older Node.
  const { startLab } = await import('./lab.ts')
  const lab = await startLab({ ...config, mode: config.mode === 'headless' ? 'headless' : 'browser' })
  // One that was stopped while it started is not announced: nobody should be sent to a lab that closes.
  if (!stopped.aborted) {
    announce(lab, config)
    await once(stopped, 'abort')
  }
  await lab.close()
  process.exit(0)
}

main().catch(leaveFailed)
