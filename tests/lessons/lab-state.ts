import type { TestLab } from '../support/start-lab.ts'

/** What must be the same before and after a lesson: everything that a participant can see but the traffic, counters and measurements. */
export async function stateOf({ call }: TestLab): Promise<Record<string, unknown>> {
  const read = async (path: string) => (await call('GET', path)).json
  const { cluster, clock, clients, accounts, recording, sessions, nodes, weaknesses } = await read('/lab')
  return {
    cluster,
    weaknesses,
    clock: { isPaused: clock.isPaused, offsetMs: clock.isPaused ? clock.labTime : clock.offsetMs },
    clients,
    accounts,
    recording: { isOn: recording.isOn, capacity: recording.capacity },
    sessions,
    nodes: nodes.map((node: Record<string, unknown>) => {
      const { id, port, state, downReason, clockSkewMs, latencyMs, signingKeyId, verifyingKeyIds, jwksFrozen, hasOwnCookieSecret } = node
      return { id, port, state, downReason, clockSkewMs, latencyMs, signingKeyId, verifyingKeyIds, jwksFrozen, hasOwnCookieSecret }
    }),
    keys: await read('/keys'),
    families: await read('/refresh-families'),
  }
}

/** Leaves nothing as it was: sessions, tokens, clock, keys, nodes, accounts, settings. */
export async function makeDirty({ call }: TestLab): Promise<void> {
  const expect200 = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { status, text } = await call(method, path, body)
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
  }
  await expect200('PATCH', '/cluster', { store: 'memory', strategy: 'sticky', leewaySeconds: 5 })
  await expect200('POST', '/clients', { name: 'Another', account: 'bob', mechanism: 'session' })
  for (const client of ['alice-laptop', 'alice-phone', 'bob-laptop']) await expect200('POST', `/clients/${client}/login`, {})
  await expect200('POST', '/clients/bob-laptop/refresh', {})
  await expect200('POST', '/clients/bob-laptop/logout', {})
  await expect200('PATCH', '/weaknesses', { 'stored-xss': true })
  await expect200('POST', '/keys/rotate', { algorithm: 'ES256' })
  await expect200('PATCH', '/accounts/bob', { role: 'admin', scopes: ['profile'] })
  await expect200('PATCH', '/accounts/mallory', { disabled: true })
  await expect200('PATCH', '/nodes/node-2', { clockSkewMs: 90_000, latencyMs: 3, jwksFrozen: true })
  await expect200('PATCH', '/recording', { on: false })
  await expect200('PUT', '/clock', { offsetMs: 600_000 })
  await expect200('POST', '/clock/pause')
}
