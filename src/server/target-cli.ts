import { once } from 'node:events'
import { AllowedHosts } from './allowed-hosts.ts'
import { leaveFailed, readOrLeave, requireNode, say, watchSignals } from './command-line.ts'
import { outliveReaders } from './outlive-readers.ts'
import { parseTargetConfig } from './standalone/target-config.ts'

/** Passwords, cookies and tokens cross the network in the clear then. */
function warnOfNetwork(host: string): void {
  try {
    new AllowedHosts().require(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`, 'It')
  } catch {
    say(`it listens on ${host}: whoever reaches this machine reaches it, without encryption. See docs/more-machines.md.`)
  }
}

async function main(): Promise<void> {
  const config = readOrLeave(() => parseTargetConfig(process.argv.slice(2)))
  requireNode()
  outliveReaders()
  const stopped = watchSignals()
  // Only now: the native module of the database would not load under an older Node.
  const { startTarget } = await import('./standalone/target-server.ts')
  const target = await startTarget(config)
  if (!stopped.aborted) {
    warnOfNetwork(config.host)
    for (const notice of target.notices) say(notice)
    process.stdout.write(`TARGET_READY ${JSON.stringify(target.ready)}\n`)
    await once(stopped, 'abort')
  }
  await target.close()
  process.exit(0)
}

main().catch(leaveFailed)
