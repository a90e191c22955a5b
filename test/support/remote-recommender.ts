import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A recommender elsewhere, with moods. */
export type Mood =
  | { readonly kind: 'answers'; readonly items: readonly unknown[] }
  | { readonly kind: 'says'; readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'hangs' }
  /** A byte every 20 ms: never late with the next one, never done. */
  | { readonly kind: 'drips' }
  /** Fifty megabytes of valid JSON. */
  | { readonly kind: 'floods' }
  | { readonly kind: 'cuts' }
  /** Chunks of one byte, thousands in every packet. */
  | { readonly kind: 'crumbles' }
  /** Interim answers without end. */
  | { readonly kind: 'hints' }

export interface RemoteRecommender {
  readonly url: string
  mood: Mood
  /** Bodies and headers of what it was asked. */
  readonly asked: { readonly body: string; readonly headers: IncomingMessage['headers'] }[]
  /** How many megabytes of the last flood were taken before the other side was gone. */
  flooded: number
  /** As if nobody were there. */
  stop(): Promise<void>
  start(): Promise<void>
}

const MEGABYTE = Buffer.alloc(1024 * 1024, ' ')

/** On a free port unless one is given. */
export async function startRecommender(mood: Mood, given = 0): Promise<RemoteRecommender> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      recommender.asked.push({ body: Buffer.concat(parts).toString(), headers: request.headers })
      void answer(recommender, response)
    })
  })
  let port = given
  const start = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as { port: number }).port
  }
  await start()
  const recommender: RemoteRecommender = {
    ...{ url: `http://127.0.0.1:${port}/recommend`, mood, asked: [], flooded: 0, start },
    stop: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return recommender
}

async function answer(recommender: RemoteRecommender, response: ServerResponse): Promise<void> {
  const { mood } = recommender
  response.on('error', () => undefined)
  switch (mood.kind) {
    case 'answers':
      response.end(JSON.stringify({ items: mood.items }))
      return
    case 'says':
      response.writeHead(mood.status ?? 200, mood.headers ?? {}).end(mood.text)
      return
    case 'hangs':
      return
    case 'drips': {
      response.write('{"items":[')
      const dripping = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(dripping))
      return
    }
    case 'floods':
      response.write('{"items":["SKU-1"')
      for (recommender.flooded = 0; recommender.flooded < 50 && !response.destroyed; recommender.flooded++)
        if (!response.write(MEGABYTE)) await Promise.race([once(response, 'drain'), once(response, 'close')])
      response.end(']}')
      return
    case 'crumbles':
      return pour(response, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n \r\n'.repeat(10_000))
    case 'hints':
      return pour(response, '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_500))
    case 'cuts':
      response.write('{"items":["SKU-1"')
      setTimeout(() => response.destroy(), 5)
  }
}

/** Writes past the response onto the connection, as long as somebody reads. */
function pour({ socket }: ServerResponse, first: string, again: string): void {
  if (!socket) return
  const more = () => {
    while (!socket.destroyed && socket.write(again));
  }
  socket.on('error', () => undefined)
  socket.on('drain', more)
  socket.write(first)
  more()
}
