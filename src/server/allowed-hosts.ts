import { isIP, isIPv4 } from 'node:net'
import { LabError } from './errors.ts'

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, '$1')

/** Names under `localhost` are left out: who asks a name server for one gets whatever that server says. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** What a host may look like in `--allow-host`: a name or an address, without scheme and port. */
export const isHost = (text: string): boolean => isIP(bare(text)) !== 0 || /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/i.test(text)

/** Whom this process may talk to: this machine, and the hosts that its operator named. Everything that it reaches by a URL asks here first. */
export class AllowedHosts {
  readonly #named: ReadonlySet<string>

  /** @param named of `--allow-host`; a name allows just itself, not what is under it */
  constructor(named: readonly string[] = []) {
    this.#named = new Set(named.map(bare))
  }

  /**
   * @param what the use of the URL, as the first word of the sentence that refuses it
   * @throws LabError `host-not-allowed`
   */
  require(url: string, what: string): void {
    const host = URL.canParse(url) ? bare(new URL(url).hostname) : ''
    if (isLoopback(host) || this.#named.has(host)) return
    const where = host === '' ? 'no host that can be read' : `the host ${host}`
    const advice = host === '' ? 'Give a whole URL.' : `Start with --allow-host ${host} to allow it.`
    throw new LabError(
      'host-not-allowed',
      `${what} is at ${where}: nothing outside this machine is talked to unless it is named. ${advice}`,
    )
  }
}
