/**
 * One question to a remote strategy: POST, and an answer within a deadline and a number of bytes, or an error with a plain sentence.
 *
 * The deadline runs from the question to the last byte, so that an answer which drips counts as late. Redirects are not followed, compressed
 * answers are refused (a few bytes could unfold into gigabytes), and what is too long is cut off while it comes. So is what comes in too many
 * pieces: 64 kB read at once may hold 2,600 interim answers or 10,000 chunks of one byte, and each costs the event loop 3 µs.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { publicLookup, refusePrivateHost } from './address-check.ts'

export interface RemoteCaller {
  /** Resolves with the answer's bytes; rejects with a plain sentence. */
  call(question: RemoteCall): Promise<Buffer>
  close(): void
}

export interface RemoteCall {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly deadlineMs: number
  readonly bytesMax: number
}

const KEEP_ALIVE_MS = 4_000
const SOCKETS_MAX = 500
/** 100 and 103 are allowed, without end they are not. */
const INTERIM_MAX = 3
/** More than a server makes that writes an answer of a thousand items one by one. */
const PIECES_MAX = 2_000

/** Opens a caller with connections of its own. `allowPrivate`: private addresses and plain http are for tests and networks of one's own. */
export function openRemoteCaller({ allowPrivate }: { readonly allowPrivate: boolean }): RemoteCaller {
  const keep = { keepAlive: true, timeout: KEEP_ALIVE_MS, maxSockets: SOCKETS_MAX }
  const agents = { http: new HttpAgent(keep), https: new HttpsAgent(keep) }
  return {
    call: async ({ url, body, headers, deadlineMs, bytesMax }) => {
      const target = new URL(url)
      const isPlain = target.protocol === 'http:'
      if (!allowPrivate) {
        if (isPlain) throw new Error('It has to be asked by https.')
        refusePrivateHost(target)
      }
      const options: RequestOptions = {
        method: 'POST',
        agent: isPlain ? agents.http : agents.https,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'accept-encoding': 'identity',
        },
        ...(allowPrivate ? {} : { lookup: publicLookup }),
      }
      return exchange(isPlain ? httpRequest(target, options) : httpsRequest(target, options), { body, deadlineMs, bytesMax })
    },
    close: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

type Exchange = Pick<RemoteCall, 'body' | 'deadlineMs' | 'bytesMax'>

function exchange(request: ReturnType<typeof httpRequest>, { body, deadlineMs, bytesMax }: Exchange): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let isSettled = false
    // What was read already goes on coming after a failure: it must cost nothing any more.
    const fail = (because: string) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      reject(new Error(because))
      request.destroy()
    }
    const timer = setTimeout(() => fail(`There was no whole answer within ${deadlineMs} ms.`), deadlineMs)
    request.on('error', (error) => fail(`It could not be asked: ${error.message || (error as NodeJS.ErrnoException).code}`))
    let interim = 0
    request.on('information', () => {
      if (++interim > INTERIM_MAX) fail('It sends interim answers without end.')
    })
    request.on('response', (response) => {
      const because = refusalOf(response, bytesMax)
      if (because) return fail(because)
      const parts: Buffer[] = []
      let length = 0
      response.on('data', (part: Buffer) => {
        if (isSettled) return
        length += part.length
        if (length > bytesMax) fail(`The answer has more than ${bytesMax} bytes.`)
        else if (parts.push(part) > PIECES_MAX) fail(`The answer comes in more than ${PIECES_MAX} pieces.`)
      })
      response.on('error', (error) => fail(`The answer broke off: ${error.message}`))
      response.on('end', () => {
        clearTimeout(timer)
        resolve(Buffer.concat(parts, length))
      })
    })
    request.end(body)
  })
}

function refusalOf({ statusCode = 0, headers }: IncomingMessage, bytesMax: number): string | null {
  if (statusCode >= 300 && statusCode < 400) return `It answered ${statusCode}; redirects are not followed.`
  if (statusCode !== 200) return `It answered ${statusCode}.`
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 'The answer is compressed.'
  return Number(headers['content-length'] ?? 0) > bytesMax ? `The answer has more than ${bytesMax} bytes.` : null
}
