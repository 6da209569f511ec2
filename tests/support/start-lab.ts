import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../src/server/config.ts'
import { startLab } from '../../src/server/lab.ts'
import type { Lab } from '../../src/server/running-lab.ts'

/** An answer of the control port. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

/** How a request differs from a plain `GET` with the token. */
export interface Ask {
  readonly method?: string
  readonly body?: unknown
  /** Laid over those of the test; undefined takes one away. */
  readonly headers?: Record<string, string | undefined>
}

/** Sends one request as it is, `Host` included. */
export function send(url: string, { method = 'GET', body, headers = {} }: Ask = {}): Promise<Answer> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: Object.fromEntries(given), agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type']?.includes('json') && text !== ''
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** A lab of its own, with its control API at hand. */
export interface TestLab {
  readonly lab: Lab
  /** Calls the control API with the token; a body goes as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

/** A folder that no other test has. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'authlab-test-'))

/** Starts a lab on free ports; in a folder of its own unless one is given, which then stays. */
export async function startTestLab(flags: string[] = [], folder?: string): Promise<TestLab> {
  const dataDir = folder ?? newFolder()
  const config = parseConfig(['--port', '0', '--balancer-port', '0', '--nodes', '2', '--data-dir', dataDir, ...flags], {})
  if (!('dataDir' in config)) throw new Error('These flags start no lab.')
  const lab = await startLab({ ...config, mode: 'browser' })
  return {
    lab,
    call: (method, path, body) =>
      send(`${lab.apiUrl}${path}`, {
        method,
        body,
        headers: { Authorization: `Bearer ${lab.token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      }),
    close: async () => {
      await lab.close()
      if (folder === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
