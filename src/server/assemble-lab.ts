import type { LabParts } from './control/lab-parts.ts'
import type { SwitchableLab } from './current-lab.ts'
import { type Ground, keep, portalUrl, type Running, type Teaching } from './lab-ground.ts'
import { AccountRows } from './storage/account-rows.ts'
import { readVersion } from './version.ts'

/** What the control plane commands, of a lab that runs. */
export function assemble(
  { config, files, stores, clock, announcer, shared }: Ground,
  { balancer, notices, ...running }: Running,
  teaching: Teaching,
): LabParts {
  return {
    ...running,
    ...teaching,
    version: readVersion(),
    mode: config.mode === 'auto' ? 'browser' : config.mode,
    balancerUrl: balancer.url,
    portalUrl: portalUrl(balancer),
    captureCapacity: config.captureCapacity,
    notices: [...files.notices, ...notices],
    clock,
    stores,
    accounts: new AccountRows(files.target),
    log: announcer.log,
    note: announcer.note,
    stale: announcer.stale,
    keys: files.keys,
    keepCapacity: shared?.keepCapacity ?? ((capacity) => keep(() => files.settings.keepCaptureCapacity(capacity))),
  }
}

/** A lab as it can be set aside. */
export const switchable = ({ announcer }: Ground, parts: LabParts): SwitchableLab => ({
  parts,
  setAside: (isAside) => {
    announcer.isSetAside = isAside
  },
})
