import { once } from 'node:events'
import { createServer, connect as openSocket, type Socket } from 'node:net'

/** Stands between a service and its database, and has moods: it passes everything on, refuses connections and cuts those there are, or hangs. */
export interface MoodyProxy {
  /** The database's URL with our port. */
  readonly url: string
  /** As if nothing were listening. */
  refuse(): Promise<void>
  /** Connections stay, new ones are accepted, and nothing comes through. What was sent meanwhile comes through afterwards. */
  hang(): void
  pass(): Promise<void>
  close(): Promise<void>
}

export async function moodyProxy(target: string): Promise<MoodyProxy> {
  const { port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let hangs = false
  const server = createServer((near) => {
    const far = openSocket(Number(targetPort), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      if (hangs) from.pause()
      from.on('data', (bytes) => to.write(bytes))
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    if (hangs) for (const socket of [near, far]) socket.pause()
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }
  const port = await listen(0)
  const url = new URL(target)
  url.port = String(port)

  async function refuse(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    url: url.href,
    refuse,
    hang() {
      hangs = true
      for (const socket of sockets) socket.pause()
    },
    async pass() {
      hangs = false
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(port)
    },
    close: refuse,
  }
}
