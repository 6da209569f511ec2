import type { Client } from '../../contract/clients.ts'
import type { Exchange } from '../../contract/exchanges.ts'
import type { LessonAction, LessonActionOf } from '../../contract/lessons/actions.ts'
import { LabError } from '../errors.ts'
import { responseRefreshToken, responseToken, tokenInText } from './exchange-facts.ts'
import { forgedRequest } from './forged-request.ts'
import { heldClaims } from './held-credential.ts'
import { scriptedTransfer } from './injected-script.ts'
import type { StepContext } from './lesson-stage.ts'
import { alteredCredential } from './tampering.ts'

type Caused = readonly string[]
type Perform<Kind extends LessonAction['do']> = (action: LessonActionOf<Kind>, context: StepContext) => Promise<Caused>

/** Method and target of a request as a lesson writes it. */
export const readRequestLine = (line: string): { method: string; path: string } => {
  const [method = '', path = ''] = line.split(' ')
  return { method, path }
}

async function findClient({ stage }: StepContext, id: string): Promise<Client> {
  const client = (await stage.operations.clients.list()).find((candidate) => candidate.id === id)
  if (!client) throw new LabError('conflict', `The client ${id} is gone: reset the step.`)
  return client
}

async function sessionOf(context: StepContext, client: string): Promise<string> {
  const id = (await findClient(context, client)).sessionId
  if (id === null) throw new LabError('conflict', `The client ${client} has no session cookie: log in first.`)
  return id
}

/** The family that the access token of a client belongs to: its claim `sid` is the beginning of that one's id. */
async function familyOf(context: StepContext, client: string): Promise<string> {
  const { sid } = heldClaims(await findClient(context, client))
  const families = await context.stage.operations.refreshFamilies.list({ limit: 1000 })
  const family = typeof sid === 'string' ? families.find(({ id }) => id.startsWith(sid)) : undefined
  if (!family) throw new LabError('conflict', `The refresh tokens of ${client} are gone.`)
  return family.id
}

const call: Perform<'call'> = async ({ client, request, times, headers, body, credential }, { stage }) => {
  const order = { id: client, ...readRequestLine(request), headers, body, credential }
  const caused: string[] = []
  for (let sent = 0; sent < times; sent++) caused.push(...(await stage.operations.clients.request(order)).exchanges)
  return caused
}

const tamper: Perform<'tamper'> = async ({ client, request, change }, context) => {
  const header = alteredCredential(await findClient(context, client), change)
  const order = { id: client, ...readRequestLine(request), headers: [header] }
  return (await context.stage.operations.clients.request(order)).exchanges
}

const replay: Perform<'replay'> = async ({ client, exchange, request }, { stage, exchangesOf }) => {
  const id = exchangesOf(exchange.step)[exchange.nth - 1]
  if (id === undefined) throw new LabError('conflict', 'The exchange to be sent again is not there yet.')
  return (await stage.operations.exchanges.replay({ id, client, ...(request !== undefined && readRequestLine(request)) })).exchanges
}

const FORM: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded']

const accessTokenIn = ({ response }: Exchange): string | null => responseToken(response) ?? tokenInText(response)

/** As whoever has a copy of a token would send it. What comes of it stays in the answer: the client's own jar and vault are as before. */
const present: Perform<'present'> = async ({ client, token, exchange, request }, { stage, exchangesOf }) => {
  const id = exchangesOf(exchange.step)[exchange.nth - 1]
  const answer = id === undefined ? null : await stage.lab.recorder.get(id)
  const copy = answer && (token === 'access-token' ? accessTokenIn(answer) : responseRefreshToken(answer.response))
  if (!copy) throw new LabError('conflict', 'The answer that the token was to be taken from has none.')
  const sender = { id: client, credential: 'none' } as const
  const order =
    token === 'access-token'
      ? { ...sender, ...readRequestLine(request), headers: [['Authorization', `Bearer ${copy}`] as [string, string]] }
      : {
          ...sender,
          method: 'POST',
          path: '/token',
          headers: [FORM],
          body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: copy }).toString(),
        }
  return (await stage.operations.clients.request(order)).exchanges
}

const forge: Perform<'forge'> = async (action, context) => {
  const sender = await findClient(context, action.client)
  const { url, siblingUrl } = await context.stage.operations.attackerSite.get()
  const page = action.from === 'same-site' ? siblingUrl : url
  if (page === null) throw new LabError('conflict', "The attacker's page is off: switch it on first.")
  const forged = forgedRequest({ ...action, ...readRequestLine(action.request) }, sender, {
    origin: new URL(page).origin,
    nowMs: context.stage.lab.clock.nowMs(),
  })
  return (await context.stage.operations.clients.request({ id: action.client, credential: 'none', ...forged })).exchanges
}

const injectedScript: Perform<'injected-script'> = async ({ client, exchange }, context) => {
  const { stage, exchangesOf } = context
  const id = exchangesOf(exchange.step)[exchange.nth - 1]
  const page = id === undefined ? null : await stage.lab.recorder.get(id)
  if (!page) throw new LabError('conflict', 'The answer with the script is not there yet.')
  const transfer = scriptedTransfer(page, await findClient(context, client), await stage.operations.weaknesses.list())
  return transfer ? (await stage.operations.clients.request({ id: client, ...transfer })).exchanges : []
}

/** Runs an operation that sends no request. */
const quietly =
  <Kind extends LessonAction['do']>(operate: (action: LessonActionOf<Kind>, context: StepContext) => Promise<unknown>): Perform<Kind> =>
  async (action, context) => {
    await operate(action, context)
    return []
  }

const PERFORM: { [Kind in LessonAction['do']]: Perform<Kind> } = {
  login: async ({ client, password }, { stage }) => (await stage.operations.clients.login({ id: client, password })).exchanges,
  logout: async ({ client }, { stage }) => (await stage.operations.clients.logout({ id: client })).exchanges,
  refresh: async ({ client }, { stage }) => (await stage.operations.clients.refresh({ id: client })).exchanges,
  call,
  tamper,
  replay,
  present,
  forge,
  'injected-script': injectedScript,
  weakness: quietly(({ weakness, on }, { stage }) => stage.operations.weaknesses.change({ [weakness]: on })),
  'attacker-site': quietly(({ on }, { stage }) => stage.operations.attackerSite.set({ on })),
  'change-mechanism': quietly(({ client, mechanism }, { stage }) => stage.operations.clients.change({ id: client, mechanism })),
  'kill-node': quietly(({ node }, { stage }) => stage.operations.nodes.kill({ id: node })),
  'start-node': quietly(({ node }, { stage }) => stage.operations.nodes.start({ id: node })),
  'drain-node': quietly(({ node }, { stage }) => stage.operations.nodes.drain({ id: node })),
  'add-node': quietly((_action, { stage }) => stage.operations.nodes.add()),
  'change-node': quietly(({ node, change }, { stage }) => stage.operations.nodes.change({ id: node, ...change })),
  'change-cluster': quietly(({ change }, { stage }) => stage.operations.cluster.change(change)),
  'move-clock': quietly(({ seconds }, { stage }) =>
    stage.operations.clock.set({ offsetMs: Math.round(stage.lab.clock.offsetMs) + seconds * 1000 }),
  ),
  'rotate-key': quietly(({ algorithm, emergency }, { stage }) => stage.operations.keys.rotate({ algorithm, emergency })),
  'rotate-cookie-secret': quietly(({ emergency }, { stage }) => stage.operations.keys.rotate({ cookieSecret: true, emergency })),
  'change-account': quietly(({ account, role, disabled, scopes, password }, { stage }) =>
    stage.operations.accounts.change({ name: account, role, disabled, scopes, password }),
  ),
  'end-sessions': quietly(({ account }, { stage }) => stage.operations.accounts.endSessions({ name: account })),
  'end-session': quietly(async ({ client }, context) => context.stage.operations.sessions.end({ id: await sessionOf(context, client) })),
  'revoke-token': quietly(async ({ client }, context) =>
    context.stage.operations.tokens.revoke({ jti: String(heldClaims(await findClient(context, client))['jti']) }),
  ),
  'revoke-device': quietly(async ({ client }, context) =>
    context.stage.operations.refreshFamilies.revoke({ id: await familyOf(context, client) }),
  ),
  'expire-session': quietly(async ({ client }, context) =>
    context.stage.operations.sessions.expire({ id: await sessionOf(context, client) }),
  ),
}

/**
 * Carries out one action, as the workbench would. Answers the exchanges that it caused, in order, recorded whole.
 * @throws LabError or the error of the operation when it cannot be done
 */
export const performAction = (action: LessonAction, context: StepContext): Promise<Caused> =>
  (PERFORM[action.do] as Perform<LessonAction['do']>)(action as never, context)
