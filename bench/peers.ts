/** What we compare with, each a process of its own: `node bench/peers.ts express|http <items>` answers a slate of the same size and logs nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { endWithParent } from './child.ts'

/** An answer of the same shape and size as ours. */
function slateOf(size: number): object {
  return {
    decisionId: '01934f5e-7b1c-7a2b-8c3d-4e5f60718293',
    surface: 'home',
    items: Array.from({ length: size }, (_, i) => ({
      itemId: `SHOE-00${i}`,
      rank: i + 1,
      score: 0.8312345 - i / 100,
      why: { kind: 'because-of', itemId: 'SHOE-0007', share: 0.5312 },
    })),
    experiment: { key: 'home-policy', arm: 'hybrid', propensity: 0.5 },
    policy: 'hybrid',
    servedPolicy: 'hybrid',
    reason: 'fixed',
    snapshot: '0123456789abcdef',
    token: `v1.${'x'.repeat(66)}`,
  }
}

const [, , kind, size] = process.argv
const slate = slateOf(Number(size))
if (kind === 'express') {
  const app = express()
  app.use(express.json())
  app.post('/v1/slates', (_request, response) => {
    response.json(slate)
  })
  announce(app.listen(0, '127.0.0.1'))
} else {
  announce(
    createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        JSON.parse(Buffer.concat(chunks).toString())
        const body = JSON.stringify(slate)
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        response.end(body)
      })
    }).listen(0, '127.0.0.1'),
  )
}

function announce(server: import('node:http').Server): void {
  server.on('listening', () => console.log(`listening http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  endWithParent()
}
