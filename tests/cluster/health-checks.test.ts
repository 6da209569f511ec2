import { expect, onTestFinished, test } from 'vitest'
import { HealthChecks } from '../../src/server/cluster/health-checks.ts'
import { Upstream } from '../../src/server/cluster/upstream.ts'
import { plainServer } from './fixture.ts'

/** A node whose answer to health checks can be chosen, and what was said of it. */
const checkedNode = async () => {
  const answers = { status: 200 }
  const { server, port } = await plainServer((_request, response) => {
    response.statusCode = answers.status
    response.end()
  })
  const said: boolean[] = []
  const node = {
    probe: new Upstream('node-1', port) as Upstream | null,
    setReachable: (isReachable: boolean) => void said.push(isReachable),
  }
  const checks = new HealthChecks(() => [node])
  onTestFinished(async () => {
    checks.stop()
    await node.probe?.destroy()
  })
  return { answers, server, node, said, checks }
}

test('a node that answers is reachable', async () => {
  const { checks, said } = await checkedNode()
  await checks.run()
  expect(said).toEqual([true])
})

test('one failed answer is no reason, two in a row are, and one good one brings it back', async () => {
  const { checks, said, answers } = await checkedNode()
  answers.status = 500
  await checks.run()
  expect(said).toEqual([])
  await checks.run()
  expect(said).toEqual([false])
  answers.status = 200
  await checks.run()
  expect(said).toEqual([false, true])
})

test('a good answer in between begins the count anew', async () => {
  const { checks, said, answers } = await checkedNode()
  for (const status of [500, 200, 500]) {
    answers.status = status
    await checks.run()
  }
  expect(said).toEqual([true])
})

test('a node that refuses connections is unreachable at once', async () => {
  const { checks, said, server } = await checkedNode()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await checks.run()
  expect(said).toEqual([false])
})

test('nothing is said of a run that was replaced while it was asked, nor of a node that does not run', async () => {
  const { checks, said, node } = await checkedNode()
  const before = node.probe
  const asked = checks.run()
  node.probe = null
  await asked
  await checks.run()
  expect(said).toEqual([])
  await before?.destroy()
})
