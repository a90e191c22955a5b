import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { discardBody, isUnfinished, readBody } from '../../src/http/body.ts'
import { Problem } from '../../src/http/problems.ts'

/** What becomes of a request whose body comes in these pieces, one every so often. */
async function sent(pieces: readonly string[], everyMs: number, does: (request: IncomingMessage) => Promise<unknown>): Promise<unknown> {
  const server = createServer()
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const result = new Promise((resolve) => server.on('request', (request) => does(request).then(resolve, resolve)))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', async () => {
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n')
    for (const piece of pieces) {
      await new Promise((later) => setTimeout(later, everyMs))
      if (!socket.destroyed) socket.write(piece)
    }
  })
  socket.on('error', () => undefined)
  return result
}
let close = () => {}
afterEach(() => close())

describe('a body', () => {
  it('is read as it comes, piece by piece', async () => {
    expect(Buffer.from((await sent(['01234', '56789'], 5, (request) => readBody(request))) as Uint8Array).toString()).toBe('0123456789')
  })

  it('that takes too long is given up, however steadily it drips', async () => {
    const because = (await sent([...'01234567'], 30, (request) => readBody(request, 100, 100))) as Problem
    expect(because).toBeInstanceOf(Problem)
    expect(because.slug).toBe('slow-request')
  })

  it('that nobody wants is let pass, but not waited for without end', async () => {
    const waited = async (request: IncomingMessage) => {
      await discardBody(request, 100)
      return isUnfinished(request)
    }
    expect(await sent(['0123456789'], 5, waited)).toBe(false)
    expect(await sent([...'0123'], 60, waited)).toBe(true)
  })
})
