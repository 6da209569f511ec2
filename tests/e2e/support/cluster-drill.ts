import { expect, type Page, test } from '@playwright/test'
import { chooseStrategy, kill, send, switchStore, topology } from './cluster.ts'
import { inspector } from './workbench.ts'

/** Time-out of a test with the drill in it, in ms: it rolls four nodes through three stores. */
export const DRILL_MS = 240_000

const ALICE = 'Alice·Laptop'
const BOB = 'Bob·Laptop'

async function addNode(page: Page): Promise<void> {
  await topology(page).getByRole('button', { name: 'Add node' }).click()
  await expect(topology(page).getByRole('button', { name: 'node-4 settings' })).toBeVisible()
}

async function loseOnAnotherNode(page: Page): Promise<void> {
  await switchStore(page, 'Memory')
  const login = await send(page, ALICE, 'Log in')
  expect(login.headline).toMatch(/^Allowed: node-\d created a session$/)
  const call = await send(page, ALICE, 'Call /me')
  expect(call).toMatchObject({ status: '401', headline: `Denied: ${call.node} knows no such session` })
  expect(call.node).not.toBe(login.node)
  expect(call.why).toContain(`${call.node} keeps its own memory`)
  await expect(page.getByRole('row').filter({ hasText: `unknown session on ${call.node}` })).toBeVisible()
}

async function stayByStickiness(page: Page): Promise<string> {
  await chooseStrategy(page, 'sticky')
  const login = await send(page, ALICE, 'Log in')
  for (let call = 0; call < 3; call += 1) {
    const answer = await send(page, ALICE, 'Call /me')
    expect(answer).toMatchObject({ status: '200', node: login.node })
    expect(answer.why).toContain(`${login.node} looked it up in its own memory`)
  }
  await expect(topology(page).getByTitle(`Sticky: the affinity cookie of ${ALICE} leads here`)).toBeVisible()
  return login.node
}

async function loseWithNode(page: Page, node: string): Promise<void> {
  await kill(page, node)
  await expect(topology(page).getByRole('button', { name: `Start ${node}`, exact: true })).toBeVisible()
  const call = await send(page, ALICE, 'Call /me')
  expect(call.status).toBe('401')
  expect(call.node).not.toBe(node)
  await expect(inspector(page)).toContainText(`${node}, which the affinity cookie names, takes no requests`)
}

async function surviveByShare(page: Page): Promise<void> {
  await switchStore(page, 'SQLite')
  const login = await send(page, ALICE, 'Log in')
  await kill(page, login.node)
  const call = await send(page, ALICE, 'Call /me')
  expect(call.status).toBe('200')
  expect(call.node).not.toBe(login.node)
}

async function needNoStore(page: Page): Promise<void> {
  await chooseStrategy(page, 'round-robin')
  await switchStore(page, 'Memory')
  const login = await send(page, BOB, 'Log in')
  const nodes = new Set<string>()
  for (let call = 0; call < 2; call += 1) {
    const { status, node, headline } = await send(page, BOB, 'Call /me')
    expect({ status, headline }).toEqual({ status: '200', headline: `Allowed: ${node} accepted the token` })
    nodes.add(node)
  }
  expect([...nodes].some((node) => node !== login.node)).toBe(true)
  await kill(page, login.node)
  expect((await send(page, BOB, 'Call /me')).status).toBe('200')
}

/** What becomes of a login among several nodes, through what an operator can press alone. Starts from a fresh lab and ends with two nodes down. */
export async function drillCluster(page: Page): Promise<void> {
  await test.step('a fourth node joins', () => addNode(page))
  await test.step('each node has its own memory: the next node does not know the session', () => loseOnAnotherNode(page))
  const node = await test.step('a sticky balancer leads every request to the node that knows it', () => stayByStickiness(page))
  await test.step('that node is killed, and its memory with it', () => loseWithNode(page, node))
  await test.step('a shared store outlives a node', () => surviveByShare(page))
  await test.step('a token is accepted by any node, whatever the store', () => needNoStore(page))
}
