import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type SmallDisk, smallDisk } from '../support/small-disk.ts'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

/** Logins that may still find room in what the files have already; far more than there can be. */
const ENOUGH = 200

describe.skipIf(process.platform !== 'linux')('on a disk that is full', () => {
  let disk: SmallDisk
  let lab: TestLab
  let said: string[]

  beforeEach(async () => {
    disk = smallDisk()
    lab = await startTestLab([], join(disk.folder, 'data'))
    said = []
    vi.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text)))
  })
  afterEach(async () => {
    disk.free()
    await lab.close()
    disk.close()
    vi.restoreAllMocks()
  })

  const logIn = (): Promise<Answer> =>
    send(`${lab.lab.balancerUrl}/session`, {
      method: 'POST',
      body: { username: 'alice', password: 'alice-pass' },
      headers: { 'Content-Type': 'application/json' },
    })
  const cookieOf = (answer: Answer): string => answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const showSession = (cookie: string): Promise<Answer> => send(`${lab.lab.balancerUrl}/session`, { headers: { cookie } })

  /** Logs in until that is refused; the cookies of the logins that were answered with 200. */
  const logInUntilRefused = async (): Promise<{ cookies: string[]; refused: Answer }> => {
    const cookies: string[] = []
    for (let n = 0; n < ENOUGH; n++) {
      const answer = await logIn()
      if (answer.status !== 200) return { cookies, refused: answer }
      cookies.push(cookieOf(answer))
    }
    throw new Error('No login was refused: the disk is not full.')
  }

  test('a login is refused as store-unavailable, those before it stay, and it works again when there is room', async () => {
    const before = cookieOf(await logIn())
    disk.fill()
    const { cookies, refused } = await logInUntilRefused()
    expect(refused.status).toBe(503)
    expect(refused.json).toMatchObject({ verdict: 'store-unavailable' })
    expect(refused.text).not.toMatch(/SQLITE|node_modules|\.ts/)
    expect(cookieOf(refused)).toBe('')
    expect((await showSession(before)).status).toBe(200)
    disk.free()
    expect((await logIn()).status).toBe(200)
    const shown = await Promise.all([before, ...cookies].map(showSession))
    expect(shown.map(({ status }) => status)).toEqual(shown.map(() => 200))
  })

  test('the recorder says so once and goes on in memory: what was refused is in the traffic', async () => {
    disk.fill()
    const { refused } = await logInUntilRefused()
    const id = String(refused.headers['x-authlab-exchange'])
    await vi.waitFor(async () => {
      const recorded = await lab.call('GET', `/exchanges/${id}`)
      expect(recorded.json).toMatchObject({ id, status: 503, verdict: 'store-unavailable' })
    })
    expect(said.filter((text) => /full|disk/i.test(text))).toHaveLength(1)
    disk.free()
    const served = await logIn()
    expect(served.status).toBe(200)
    const traffic = await lab.call('GET', '/exchanges')
    expect(traffic.json.map((exchange: { status: number }) => exchange.status)).toContain(200)
  })

  test('a snapshot is neither saved nor opened, which is said to be for want of room; the lab is as before, and both work when there is room', async () => {
    const authorization = `Bearer ${lab.lab.token}`
    const save = (): Promise<Response> => fetch(`${lab.lab.apiUrl}/lab/snapshot`, { headers: { authorization } })
    const restore = (body: ArrayBuffer): Promise<Response> =>
      fetch(`${lab.lab.apiUrl}/lab/restore`, { method: 'POST', headers: { authorization }, body })
    const cookie = cookieOf(await logIn())
    const contents = await (await save()).arrayBuffer()
    // Room for the file alone, and for no room at all.
    for (const room of [contents.byteLength + 16_384, 0]) {
      disk.fill(room)
      const refused = await restore(contents)
      expect([room, refused.status, await refused.json()]).toMatchObject([room, 500, { message: expect.stringMatching(/no room left/) }])
      expect((await lab.call('GET', '/checkpoints')).json).toEqual([])
      expect((await showSession(cookie)).status).toBe(200)
    }
    expect((await (await save()).json()).message).toMatch(/no room left/)
    disk.free()
    expect((await restore(contents)).status).toBe(200)
    expect((await showSession(cookie)).status).toBe(200)
  })
})
