import { once } from 'node:events'
import type { Notice } from '../contract/lab.ts'
import { EXIT, leave, leaveFailed, readOrLeave, requireNode, say, watchSignals } from './command-line.ts'
import { type Config, parseConfig } from './config.ts'
import { openBrowser } from './open-browser.ts'
import { outliveReaders } from './outlive-readers.ts'
import type { Lab } from './running-lab.ts'

const inWords = ({ code, params }: Notice): string =>
  code === 'port-moved'
    ? `port ${params['from']} of the ${params['what']} is taken, it moved to ${params['to']}.`
    : `a file that did not pass its integrity check was moved aside to ${params['path']}; a fresh one was started. (database-moved-aside)`

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
