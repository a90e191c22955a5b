/**
 * The HTTP server: Express without its largest cost.
 *
 * Express gives every request and response its own prototype with setPrototypeOf, which undoes the engine's hidden classes and halves the
 * throughput. Here the two classes are made with the application's prototypes beforehand, so that Express finds them in place already.
 */
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Express } from 'express'
import { answerClientError } from './client-errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface RunningServer {
  readonly url: string
  /** Stops accepting, lets requests in flight finish for at most `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>
}

/**
 * Slow clients are cut off in seconds: Node would leave them minutes. The time of a body is kept where it is read (body.ts); the server's own
 * limit has to be as long as the longest stream of items.
 */
const TIMEOUTS = { headersTimeout: 5_000, requestTimeout: 3_600_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 65_000 }
const HEADERS_MAX = 100
const QUIET_MS = 250

/** An http.Server for the application; not listening yet. */
export function serverFor(app: Express): Server {
  const server = createServer({ ...TIMEOUTS, IncomingMessage: requestClass(app), ServerResponse: responseClass(app) }, app)
  server.maxHeadersCount = HEADERS_MAX
  server.on('clientError', answerClientError)
  return server
}

/** Listens; rejects with a plain sentence when the port is taken. */
export async function listen(app: Express, { host, port }: Address): Promise<RunningServer> {
  const server = serverFor(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use. Choose another one with PORT.`) : error),
    )
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: (graceMs = 5_000) => closeGently(server, graceMs),
  }
}

function requestClass(app: Express): typeof IncomingMessage {
  function Request(socket: Socket): IncomingMessage {
    return Reflect.construct(IncomingMessage, [socket], Request) as IncomingMessage
  }
  Request.prototype = app.request
  return Request as unknown as typeof IncomingMessage
}

function responseClass(app: Express): typeof ServerResponse {
  function Response(request: IncomingMessage, options: object): ServerResponse {
    return Reflect.construct(ServerResponse, [request, options], Response) as ServerResponse
  }
  Response.prototype = app.response
  return Response as unknown as typeof ServerResponse
}

/**
 * A client that keeps its connection open would go on asking: from now on every answer ends its connection, and those on which nobody asks
 * are closed when they have been quiet for a moment.
 */
async function closeGently(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false
  })
  const quiet = setInterval(() => server.closeIdleConnections(), QUIET_MS)
  const hard = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(quiet)
  clearTimeout(hard)
}
