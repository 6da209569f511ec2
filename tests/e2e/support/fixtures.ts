import { test as base, expect } from '@playwright/test'
import { type LabProcess, startLabProcess } from '../../../scripts/lab-process.ts'
import { foreignPeers } from './outbound.ts'

const SAMPLE_MS = 100

interface Fixtures {
  /** A fresh lab for this test; the test fails when anything of it, or the page, left the machine. */
  lab: LabProcess
}

const isLocal = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return !/^(https?|wss?):$/.test(protocol) || hostname === '127.0.0.1' || hostname === 'localhost' || hostname.endsWith('.localhost')
}

/** Tests with a lab of their own, watched for requests that leave the machine. */
export const test = base.extend<Fixtures>({
  lab: async ({ page }, use) => {
    const lab = await startLabProcess()
    const left: string[] = []
    page.on('request', (request) => {
      if (!isLocal(request.url())) left.push(request.url())
    })
    const refused: string[] = []
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text())
    })
    page.on('pageerror', (error) => refused.push(error.message))
    const sampling = setInterval(() => left.push(...foreignPeers(lab.pid)), SAMPLE_MS)
    await use(lab)
    clearInterval(sampling)
    expect(left, 'requests that left this machine').toEqual([])
    expect(refused, 'what the page did against its own policy, and its errors').toEqual([])
    expect(await lab.stop()).toBe(0)
  },
})

export { expect }
