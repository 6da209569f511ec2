import { randomBytes } from 'node:crypto'
import type { Client } from '../../contract/clients.ts'
import type { LabChange } from '../../contract/events.ts'
import type { Exchange, ExchangeSummary } from '../../contract/exchanges.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Mechanism } from '../../contract/mechanism.ts'
import type { RevocationWay } from '../../contract/revocation.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import type { HeaderPair } from './request-headers.ts'
import { layOver } from './request-headers.ts'
import { STARTING_CLIENTS } from './starting-clients.ts'
import { type Answer, UserAgent } from './user-agent.ts'
import { type ClientIdentity, type HeldByClient, type RequestOrder, VirtualClient } from './virtual-client.ts'

const TOO_LARGE =
  'The balancer answered 431 (RFC 6585 §5): the head of this request has more than 16 KiB, which is where most servers stop. Make the credential smaller.'

/** The most clients: more would not fit any screen, and each holds its own connections. */
export const MAX_CLIENTS = 100

/** What the pool needs of the lab. */
export interface ClientPoolOptions {
  readonly clock: Clock
  /** Of the portal, for example `http://app.localhost:4700`. */
  readonly origin: string
  /** The clients that were kept, or null for those of a fresh lab. */
  readonly kept: readonly ClientIdentity[] | null
  /** The way of revocation in force. */
  way(): RevocationWay
  whenComplete(exchangeId: string): Promise<ExchangeSummary>
  onChange(change: LabChange): void
  onAction(action: OperatorAction['action'], params: OperatorAction['params']): void
  /** Called when the clients that a restart should bring back have changed. */
  onIdentities(identities: ClientIdentity[]): void
}

/** How a recorded request is sent again; absent fields stay as recorded. */
export interface ReplayOrder {
  readonly client?: string | undefined
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly headers?: HeaderPair[] | undefined
  readonly body?: string | undefined
}

/** All clients of the lab. Every command answers with the ids of the exchanges it caused, when they are recorded whole. */
export class ClientPool {
  readonly #options: ClientPoolOptions
  readonly #clients = new Map<string, VirtualClient>()
  readonly #byTag = new Map<string, VirtualClient>()
  readonly #stranger: UserAgent

  constructor(options: ClientPoolOptions) {
    this.#options = options
    this.#stranger = new UserAgent(options.origin)
    for (const identity of options.kept ?? STARTING_CLIENTS) this.#put(identity)
  }

  list(): Promise<Client[]> {
    return Promise.all([...this.#clients.values()].map((client) => client.view()))
  }

  /** The client behind a tag; null when nobody has it. */
  byTag(tag: string): { id: string; name: string } | null {
    const client = this.#byTag.get(tag)
    return client ? { id: client.id, name: client.name } : null
  }

  /** The secret that marks a client's requests; null when there is no such client. */
  tagOf(id: string): string | null {
    return this.#clients.get(id)?.tag ?? null
  }

  async add(asked: { name: string; account: string; device?: string | undefined; mechanism: Mechanism }): Promise<Client> {
    if (this.#clients.size >= MAX_CLIENTS) throw new LabError('conflict', `There are ${MAX_CLIENTS} clients already: remove one first.`)
    const { name, account, mechanism, device = 'Laptop' } = asked
    const client = this.#put({ id: `client-${randomBytes(4).toString('hex')}`, name, account, device, mechanism, isAttacker: false })
    this.#keep()
    this.#options.onAction('client-added', { client: client.id, name })
    return this.#announce(client)
  }

  async change(id: string, change: { name?: string | undefined; account?: string | undefined; mechanism?: Mechanism | undefined }) {
    const client = this.#find(id)
    client.name = change.name ?? client.name
    client.account = change.account ?? client.account
    if (change.mechanism !== undefined && change.mechanism !== client.mechanism) {
      client.mechanism = change.mechanism
      this.#options.onAction('client-mechanism-changed', { client: id, name: client.name, mechanism: change.mechanism })
    }
    this.#keep()
    return this.#announce(client)
  }

  async remove(id: string): Promise<void> {
    const client = this.#find(id)
    this.#forget(client)
    this.#keep()
    this.#options.onAction('client-removed', { client: id, name: client.name })
    this.#options.onChange({ type: 'client-removed', id })
    await client.close()
  }

  /** Logs in; without a password it uses the one that the lab's starting accounts have. */
  login(id: string, asked: { username?: string | undefined; password?: string | undefined }): Promise<string[]> {
    const client = this.#find(id)
    const username = asked.username ?? client.account
    return this.#act(client, () => client.login(username, asked.password ?? `${username}-pass`))
  }

  /** Ends the session on the server; a JWT client has its refresh token revoked and throws its copy of the access token away. */
  async logout(id: string): Promise<string[]> {
    const client = this.#find(id)
    if (client.mechanism === 'session') return this.#act(client, () => client.logoutSession())
    const { answer, access } = await client.logoutTokens()
    const caused = answer ? await this.#caused(Promise.resolve(answer)) : []
    if (access) this.#noteDiscarded(client, access.expiresAt, answer?.status === 200)
    await this.#announce(client)
    return caused
  }

  /** @param isAnswered the server did what it could to revoke it (RFC 7009 §2.2) */
  #noteDiscarded({ id, name }: VirtualClient, until: number | null, isAnswered: boolean): void {
    const way = this.#options.way()
    if (isAnswered && way !== 'none') this.#options.onAction('client-revoked-token', { client: id, name, revocation: way })
    else this.#options.onAction('client-discarded-token', { client: id, name, until })
  }

  /** Gives the refresh token for new tokens, `times` times at once; rejects with `conflict` when the client has none. */
  async refresh(id: string, times: number): Promise<string[]> {
    const client = this.#find(id)
    const answers = await client.refresh(times)
    const caused = await Promise.all(answers.map((answer) => this.#caused(Promise.resolve(answer))))
    await this.#announce(client)
    return caused.flat()
  }

  request(id: string, order: RequestOrder): Promise<string[]> {
    const client = this.#find(id)
    return this.#act(client, () => client.request(order))
  }

  /** Sends a recorded request again: as the client asked for, the one that sent it, or the stranger that it was. */
  replay(exchange: Exchange, asked: ReplayOrder): Promise<string[]> {
    const order = {
      method: asked.method ?? exchange.method,
      path: asked.path ?? exchange.path,
      headers: asked.headers ?? exchange.request.headers,
      body: asked.body ?? recordedBody(exchange),
    }
    const id = asked.client ?? exchange.client
    if (id === null) return this.#caused(this.#stranger.send({ ...order, headers: layOver([], order.headers) }))
    if (asked.client === undefined && !this.#clients.has(id)) {
      throw new LabError('conflict', `The client ${exchange.clientName ?? id} is gone: replay it as another.`)
    }
    return this.#caused(this.#find(id).replay(order))
  }

  /** Tells everybody what each client holds now: cookies come and go with the clock. */
  async announceAll(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => this.#announce(client)))
  }

  /** Back to the clients of a fresh lab, with empty jars. */
  reset(): Promise<void> {
    return this.replace(STARTING_CLIENTS)
  }

  /** These clients and no others, with empty jars. */
  async replace(identities: readonly ClientIdentity[]): Promise<void> {
    await this.#closeAll()
    for (const identity of identities) this.#put(identity)
    this.#keep()
  }

  /** Every client with what it holds. */
  held(): Promise<HeldByClient[]> {
    return Promise.all([...this.#clients.values()].map((client) => client.held()))
  }

  /** These clients and no others, with what they held. */
  async replaceWith(held: readonly HeldByClient[]): Promise<void> {
    await this.replace(held)
    for (const one of held) await this.#find(one.id).hold(one)
  }

  async close(): Promise<void> {
    await Promise.all([this.#closeAll(), this.#stranger.close()])
  }

  async #act(client: VirtualClient, send: () => Promise<Answer>): Promise<string[]> {
    const caused = await this.#caused(send())
    await this.#announce(client)
    return caused
  }

  async #caused(sending: Promise<Answer>): Promise<string[]> {
    const { exchangeId, status } = await sending
    // Node's parser refuses such a head before there is a request that could be recorded.
    if (status === 431) throw new LabError('conflict', TOO_LARGE)
    if (exchangeId === '') return []
    await this.#options.whenComplete(exchangeId)
    return [exchangeId]
  }

  async #announce(client: VirtualClient): Promise<Client> {
    const view = await client.view()
    if (this.#clients.get(client.id) === client) this.#options.onChange({ type: 'client', client: view })
    return view
  }

  #find(id: string): VirtualClient {
    const client = this.#clients.get(id)
    if (!client) throw new LabError('not-found', `There is no client ${id}.`)
    return client
  }

  #put(identity: ClientIdentity): VirtualClient {
    const client = new VirtualClient(identity, this.#options.clock, this.#options.origin)
    this.#clients.set(client.id, client)
    this.#byTag.set(client.tag, client)
    return client
  }

  #forget(client: VirtualClient): void {
    this.#clients.delete(client.id)
    this.#byTag.delete(client.tag)
  }

  #keep(): void {
    const identities = [...this.#clients.values()].map(({ id, name, account, device, mechanism, isAttacker }) => {
      return { id, name, account, device, mechanism, isAttacker }
    })
    this.#options.onIdentities(identities)
  }

  async #closeAll(): Promise<void> {
    const clients = [...this.#clients.values()]
    for (const client of clients) this.#forget(client)
    await Promise.all(clients.map((client) => client.close()))
  }
}

function recordedBody({ request }: Exchange): string | Buffer | undefined {
  if (request.isBodyCut) throw new LabError('conflict', 'Only the first part of this body was kept: give a body to replay it.')
  if (request.bodyBytes === 0) return undefined
  return request.bodyEncoding === 'base64' ? Buffer.from(request.body, 'base64') : request.body
}
