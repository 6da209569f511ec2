import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MAX_TOKENS } from '../../src/contract/tokens.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'

/** Refreshes that follow each other in one family. */
async function refreshChain({ lab }: TestLab, refreshToken: string, count: number): Promise<void> {
  let token = refreshToken
  for (let left = count; left > 0; left--) {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token })
    const answer = await fetch(`${lab.balancerUrl}/token`, { method: 'POST', body })
    token = ((await answer.json()) as { refresh_token: string }).refresh_token
  }
}

async function logIn({ lab }: TestLab): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', username: 'bob', password: 'bob-pass' })
  const answer = await fetch(`${lab.balancerUrl}/token`, { method: 'POST', body })
  return ((await answer.json()) as { refresh_token: string }).refresh_token
}

const FAMILIES = 10

test('of more than 10,000 issued tokens the newest are kept, listed whole, revoked at once and found again after a restart', async () => {
  const folder = newFolder()
  const first = await startTestLab([], folder)
  const families = await Promise.all(Array.from({ length: FAMILIES }, () => logIn(first)))
  const perFamily = MAX_TOKENS / FAMILIES + 5
  await Promise.all(families.map((token) => refreshChain(first, token, perFamily)))
  const { json: listed } = await first.call('GET', `/tokens?limit=${MAX_TOKENS}`)
  expect(listed.length).toBeLessThanOrEqual(MAX_TOKENS)
  expect(listed.length).toBeGreaterThanOrEqual(MAX_TOKENS - 100)
  const issuedAt = listed.map((token: { issuedAt: number }) => token.issuedAt)
  expect(issuedAt).toEqual(issuedAt.toSorted((a: number, b: number) => b - a))
  const newest = listed[0].jti
  expect((await first.call('GET', `/tokens?q=${newest}`)).json).toHaveLength(1)
  const { json } = await first.call('DELETE', '/accounts/bob/sessions')
  expect(json).toMatchObject({ families: FAMILIES })
  const revoked = (await first.call('GET', `/tokens?limit=${MAX_TOKENS}`)).json
  expect(revoked.every((token: { revocation: string }) => token.revocation === json.revocations[0].id)).toBe(true)
  await first.close()
  const second = await startTestLab([], folder)
  expect((await second.call('GET', `/tokens?limit=${MAX_TOKENS}`)).json).toEqual(revoked)
  await second.close()
  rmSync(folder, { recursive: true, force: true })
}, 180_000)
