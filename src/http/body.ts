/**
 * The one reader of bodies: bytes with a cap and a time, of a type that the route reads.
 *
 * The time is kept here and not by the server, whose limit would end streams that are long and not slow.
 */
import type { IncomingMessage } from 'node:http'
import { Problem } from './problems.ts'
import { JSON_TYPE } from './route.ts'

export const BODY_BYTES_MAX = 1024 * 1024
/** From the head of a request to the last byte of its body. */
const BODY_MS = 10_000
/** A stream may take as long as it likes, but not fall silent for so long. */
const SILENCE_MS = 60_000
const DISCARD_BYTES_MAX = 16 * 1024 * 1024

/** The media type of the body, without parameters; throws `unsupported-type` unless it is one of `supported` and sent as it is. */
export function typeOf(request: IncomingMessage, supported: readonly string[] = [JSON_TYPE]): string {
  const header = request.headers['content-type']
  const encoding = request.headers['content-encoding']
  if (header !== undefined && encoding === undefined && supported.includes(header)) return header
  const [type = '', ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';', 4)
    .map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  const wrong =
    (!supported.includes(type) && (header === undefined ? 'The body has no Content-Type.' : `${type} is not read here.`)) ||
    (charset !== undefined && !/^"?utf-?8"?$/.test(charset) && `The charset ${charset} is not read; send UTF-8.`) ||
    (encoding !== undefined && encoding !== 'identity' && `The encoding ${encoding} is not read.`)
  if (wrong) throw new Problem('unsupported-type', { detail: wrong, extra: { supported } })
  return type
}

/** All bytes of the body. Throws `too-large` as soon as the cap is passed, `slow-request` when it takes too long; the rest is not read. */
export function readBody(request: IncomingMessage, most: number = BODY_BYTES_MAX, patienceMs: number = BODY_MS): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > most) return Promise.reject(tooLarge(most))
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined
    let more: Buffer[] | undefined
    let length = 0
    const giveUp = (because: Problem) => {
      clearTimeout(timer)
      request.removeAllListeners('data')
      reject(because)
    }
    const timer = setTimeout(() => giveUp(new Problem('slow-request')), patienceMs)
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > most) {
        giveUp(tooLarge(most))
      } else if (!first) first = chunk
      else if (more) more.push(chunk)
      else more = [first, chunk]
    })
    request.on('end', () => {
      clearTimeout(timer)
      resolve(more ? Buffer.concat(more, length) : (first ?? new Uint8Array(0)))
    })
    request.on('error', reject)
    request.on('close', () => {
      clearTimeout(timer)
      if (!request.complete) reject(new Problem('slow-request', { detail: 'The connection closed before the body was complete.' }))
    })
  })
}

/**
 * Lets the rest of a body that nobody wants pass by. An answer before its end would be lost to many clients: closing a connection with unread
 * bytes resets it. Who sends on and on, or hardly at all, is cut off all the same.
 */
export function discardBody(request: IncomingMessage, patienceMs: number = BODY_MS): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let length = 0
    const timer = setTimeout(resolve, patienceMs)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > DISCARD_BYTES_MAX) done()
    })
    for (const end of ['end', 'error', 'close']) request.once(end, done)
  })
}

/** For a route that reads its body as it comes. */
export function letStream(request: IncomingMessage): void {
  request.socket.setTimeout(SILENCE_MS)
}

/** Whether there is still something to come: such a connection is closed after the answer. */
export function isUnfinished({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
}

function tooLarge(most: number): Problem {
  return new Problem('too-large', { detail: `The body may have ${most} bytes.`, extra: { most } })
}
