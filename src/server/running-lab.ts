import type { Notice } from '../contract/lab.ts'
import type { SecretBox } from './secret-box.ts'

/** What the line `AUTHLAB_READY` says. */
export interface Ready {
  readonly version: string
  readonly mode: 'desktop' | 'browser' | 'headless'
  /** With the token in the fragment. */
  readonly workbench: string
  readonly api: string
  readonly balancer: string
  readonly token: string
  readonly dataDir: string
}

/** A running lab. */
export interface Lab {
  readonly ready: Ready
  readonly workbenchUrl: string
  readonly apiUrl: string
  readonly balancerUrl: string
  /** The target as a browser reaches it: a site of its own. */
  readonly portalUrl: string
  readonly token: string
  readonly dataDir: string
  readonly notices: readonly Notice[]
  /** The header that attributes a window's traffic to its client; null when there is no such client. */
  clientTag(clientId: string): { name: string; tag: string } | null
  /** Origins of the page that plays an attacker; none while it is off. */
  attackerOrigins(): readonly string[]
  /** Everything is written and closed when this resolves. */
  close(): Promise<void>
}

/** What the program around a lab has to give. */
export interface Shell {
  /** What seals keys on disk; it never rejects, and resolves to null where nothing can. */
  readonly secretBox: Promise<SecretBox | null>
}
