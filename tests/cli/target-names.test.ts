import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, send } from '../support/start-lab.ts'
import { runTarget, type TargetProcess } from '../support/target-process.ts'

let target: TargetProcess
let url: string
let secret: string
beforeAll(async () => {
  target = runTarget()
  ;({ url, secret } = await target.ready)
})
afterAll(() => target.kill())

const under = (host: string, headers: Record<string, string> = {}, path = '/healthz'): Promise<Answer> =>
  send(`${url}${path}`, { headers: { Host: host, ...headers } })

describe('a target on its loopback address', () => {
  test.each(['evil.example', 'evil.example:4801', '127.0.0.1.nip.example', 'localhost.evil.example', '0x7f.1'])(
    'refuses with 421 a page whose name was rebound to it: %s',
    async (host) => {
      const rebound = await under(host, { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' })
      expect(rebound).toMatchObject({ status: 421, json: { verdict: 'not-auth' } })
      expect(rebound.headers['set-cookie']).toBeUndefined()
      expect((await under(host, { 'X-AuthLab-Lab': secret }, '/.authlab/stats')).status).toBe(421)
    },
  )

  test.each(['127.0.0.1', 'localhost:4801', 'app.localhost:4700', '[::1]:4801', '10.0.0.2:4801'])(
    'answers to its own names, which its balancer sends on, and to addresses: %s',
    async (host) => expect((await under(host)).status).toBe(200),
  )
})
