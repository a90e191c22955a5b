/** Answering: an answer or a problem, written to the connection. */

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { isUnfinished } from './body.ts'
import type { Answer } from './handler.ts'
import { PROBLEM_TYPE, PROBLEMS, type Problem, problemDocument, problemHeaders } from './problems.ts'
import { JSON_TYPE } from './route.ts'

/** Answers are about one caller at one moment; what may be kept says so itself. */
const HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } as const

/** The same as a flat list, which node:http writes without looking for names twice. */
const HEADER_LIST = Object.entries(HEADERS).flat()

/** Writes the answer. A promise only for one that is made while it is sent. */
export function send(response: ServerResponse, answer: Answer): Promise<void> | undefined {
  const { status, type, headers, body, stream } = answer
  if (stream) {
    response.writeHead(status, { ...HEADERS, ...(type === undefined ? {} : { 'Content-Type': type }), ...headers })
    return pour(response, stream)
  }
  if (body === undefined) {
    response.writeHead(status, { ...HEADERS, ...headers })
    response.end()
    return
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  const kind = type ?? JSON_TYPE
  if (headers) response.writeHead(status, { ...HEADERS, 'Content-Type': kind, 'Content-Length': length, ...headers })
  else response.writeHead(status, [...HEADER_LIST, 'Content-Type', kind, 'Content-Length', length])
  response.end(body)
}

/** What waits in memory at most for a client that does not read yet. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024

/**
 * As fast as the client reads. While its own body is still on the way it may not read at all, and then we would wait for each other; so the
 * parts gather in memory, up to a limit.
 */
async function pour(response: ServerResponse, stream: AsyncIterable<string>): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  for await (const part of stream) {
    if (response.destroyed) return
    const isAhead = !response.write(part)
    if (isAhead && (response.req.complete || response.writableLength > UNREAD_BYTES_MAX))
      await once(response, 'drain', { signal: gone.signal }).catch(() => {})
  }
  response.end()
}

/** Writes the problem; a connection whose answer has begun already is cut, so that nobody takes the half for the whole. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (isUnfinished(response.req)) response.shouldKeepAlive = false
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = JSON.stringify(problemDocument(problem))
  response.writeHead(PROBLEMS[problem.slug].status, {
    ...HEADERS,
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    ...problemHeaders(problem),
  })
  response.end(body)
}
