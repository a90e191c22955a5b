/** What a connection is told when its bytes are no request: there is no route yet, but there is a problem document. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { PROBLEM_TYPE, PROBLEMS, Problem, type ProblemSlug, problemDocument } from './problems.ts'

/** By the codes of Node's HTTP parser and of its timeouts. */
const SLUGS: Readonly<Record<string, ProblemSlug>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'slow-request',
}

/** For the server's event `clientError`: answers if anybody still listens, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // What stands after the head of an answer would be read as a part of it. Node's own handler asks the same of the same member.
  const { _httpMessage: begun } = socket as { _httpMessage?: ServerResponse | null }
  if (error.code === 'ECONNRESET' || !socket.writable || begun?.headersSent) {
    socket.destroy()
    return
  }
  const slug = SLUGS[error.code ?? ''] ?? 'bad-http'
  const { status, title } = PROBLEMS[slug]
  const body = JSON.stringify(problemDocument(new Problem(slug)))
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
