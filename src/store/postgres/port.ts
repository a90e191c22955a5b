/**
 * A free port on the loopback address.
 *
 * Below the range from which systems take the local ports of outgoing connections: a port from that range can be taken by a client while
 * PostgreSQL restarts, even by a client that is trying to reach that very port.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const LEAST = 20_000
const MOST = 32_000
const TRIES = 100

/** The preferred port when it is free, else another free one. */
export async function freePort(preferred: number | null): Promise<number> {
  if (preferred !== null && (await isFree(preferred))) return preferred
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LEAST, MOST)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${LEAST} and ${MOST} on 127.0.0.1 for the embedded PostgreSQL.`)
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
