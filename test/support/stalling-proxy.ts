import { once } from 'node:events'
import { createServer, connect as openSocket, type Socket } from 'node:net'

/** Stands between us and a server, and can play dead: connections stay open, connect as before, and nothing comes through. */
export interface StallingProxy {
  /** The server's URL with our port. */
  readonly url: string
  stall(): void
  close(): Promise<void>
}

export async function stallingProxy(target: string): Promise<StallingProxy> {
  const { port } = new URL(target)
  const sockets = new Set<Socket>()
  let stalled = false
  const server = createServer((near) => {
    const far = openSocket(Number(port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    near.on('data', (bytes) => stalled || far.write(bytes))
    far.on('data', (bytes) => stalled || near.write(bytes))
    near.on('end', () => far.end())
    far.on('end', () => near.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    stall() {
      stalled = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
