import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis of the bench's own. */
export interface Redis {
  url: string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves to false when there is no such program, or it ends before it listens. */
const isReady = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', () => resolve(false))
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('Ready to accept connections')) resolve(true)
    })
  })

/** Starts `redis-server` on loopback with nothing kept on disk; null where it is not installed. */
export async function startRedis(): Promise<Redis | null> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-redis-'))
  const port = await freePort()
  const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'])
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  if (!(await isReady(child))) {
    remove()
    return null
  }
  const stop = async (): Promise<void> => {
    const hasExited = once(child, 'exit')
    child.kill()
    await hasExited
    remove()
  }
  return { url: `redis://127.0.0.1:${port}`, stop }
}
