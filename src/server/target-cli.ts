import { once } from 'node:events'
import { AllowedHosts } from './allowed-hosts.ts'
import { EXIT, leave, requireNode, say, watchSignals } from './command-line.ts'
import { ConfigError } from './config.ts'
import { LabError } from './errors.ts'
import { outliveReaders } from './outlive-readers.ts'
import { parseTargetConfig, type TargetConfig } from './standalone/target-config.ts'

function readConfig(): TargetConfig {
  try {
    const parsed = parseTargetConfig(process.argv.slice(2))
    if (!('help' in parsed) && !('version' in parsed)) return parsed
    process.stdout.write('help' in parsed ? parsed.help : `${parsed.version}\n`)
    process.exit(0)
  } catch (error) {
    if (error instanceof ConfigError) leave(EXIT.badFlag, error.message)
    throw error
  }
}

/** Passwords, cookies and tokens cross the network in the clear then. */
function warnOfNetwork(host: string): void {
  try {
    new AllowedHosts().require(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`, 'It')
  } catch {
    say(`it listens on ${host}: whoever reaches this machine reaches it, without encryption. See docs/more-machines.md.`)
  }
}

async function main(): Promise<void> {
  const config = readConfig()
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

main().catch((error: unknown) => {
  if (error instanceof LabError) leave(EXIT.failed, error.message)
  if (process.env['AUTHLAB_DEBUG'] === '1') console.error(error)
  leave(EXIT.failed, `it could not start: ${error instanceof Error ? error.message : String(error)} (AUTHLAB_DEBUG=1 shows where)`)
})
