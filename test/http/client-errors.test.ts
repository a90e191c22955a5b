import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerClientError } from '../../src/http/client-errors.ts'

const server = createServer({ headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 }, (request, response) => {
  if (request.url === '/begun') response.write('begun')
  else response.end('ok')
})
server.on('clientError', answerClientError)
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

/** Sends bytes and gives back everything that comes until the connection is closed. */
function tell(bytes: string): Promise<{ head: string; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n')
      resolve({ head, body: JSON.parse(body) })
    })
  })
}

describe('a connection whose bytes are no request', () => {
  it.each([
    ['something else', 'EHLO shop\r\n\r\n', 400, '/problems/bad-http'],
    ['two different lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, '/problems/bad-http'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, '/problems/headers-too-large'],
    ['slow headers', 'GET / HTTP/1.1\r\nHost:', 408, '/problems/slow-request'],
  ])('%s: is told so and closed', async (_, bytes, status, type) => {
    const { head, body } = await tell(bytes)
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toContain('Content-Type: application/problem+json')
    expect(body).toMatchObject({ type, status })
  })

  it('is closed without another word when its answer has begun', async () => {
    const said = await new Promise<string>((resolve) => {
      let text = ''
      const head = 'POST /begun HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n'
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(head))
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(text))
    })
    expect(said).toContain('begun')
    expect(said.match(/HTTP\/1.1/g)).toHaveLength(1)
  })
})
