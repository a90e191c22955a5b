import { describe, expect, it } from 'vitest'
import { GENERATION, openRecentKeys } from '../../src/log/recent-keys.ts'

const keyOf = (n: number) => new Uint8Array(new Uint32Array([n, 0, 0, 0]).buffer)
const hexFor = (n: number) => Buffer.from(keyOf(n)).toString('hex')
const KEPT = Promise.resolve({ kind: 'kept' } as const)

describe('the memory of request keys', () => {
  it('knows the latest requests, at least a generation of them, and forgets what is older than two', () => {
    const recent = openRecentKeys()
    const last = 3 * GENERATION + 10
    for (let n = 0; n < last; n++) recent.remember({ key: keyOf(n), bodyHash: keyOf(n), response: keyOf(n) }, KEPT)
    for (const n of [last - 1, last - GENERATION]) expect(recent.find(hexFor(n))?.bodyHash).toBe(hexFor(n))
    for (const n of [0, last - 2 * GENERATION - 1]) expect(recent.find(hexFor(n))).toBeUndefined()
  })

  it('forgets what could be written nowhere', async () => {
    const recent = openRecentKeys()
    recent.remember(
      { key: keyOf(1), bodyHash: keyOf(1), response: keyOf(1) },
      Promise.resolve({ kind: 'lost', because: 'the disk is full' }),
    )
    expect(recent.find(hexFor(1))).toBeDefined()
    await Promise.resolve()
    expect(recent.find(hexFor(1))).toBeUndefined()
  })
})
