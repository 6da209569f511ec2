import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { refuseMalformedAt } from '../cluster/client-error.ts'
import { LabError } from '../errors.ts'

/** A server that listens on this machine only. */
export interface Listening {
  readonly server: Server
  readonly port: number
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

/**
 * Listens on 127.0.0.1.
 * @param port 0 = any free one
 * @throws LabError `port-taken`
 */
export function listen(listener: RequestListener, port: number): Promise<Listening> {
  // The Host field is the listener's to check: Node's own refusal says nothing.
  const server = createServer({ requireHostHeader: false }, listener)
  refuseMalformedAt(server)
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        isTaken(cause)
          ? new LabError('port-taken', `Port ${port} is taken: close what uses it, or give another with --port N.`, { cause })
          : cause,
      ),
    )
    server.listen(port, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}

/** Stops listening and ends every connection. */
export async function stopListening({ server }: Listening): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
