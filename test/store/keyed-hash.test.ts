import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyedHash } from '../../src/store/keyed-hash.ts'

const hmac = (key: Uint8Array, text: string) => new Uint8Array(createHmac('sha256', key).update(text).digest().subarray(0, 16))

it('is HMAC-SHA256, cut to 16 bytes, for every key and text', () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 })
  const text = fc.string({ unit: 'binary', maxLength: 100 })
  fc.assert(
    fc.property(key, text, (k, t) => {
      expect(new Uint8Array(keyedHash(k)(t))).toEqual(hmac(k, t))
    }),
  )
})

it('is that also for texts of any length', () => {
  const key = new Uint8Array(20).fill(9)
  for (const length of [0, 55, 56, 64, 1_365, 1_366, 100_000]) {
    const text = 'é'.repeat(length)
    expect(new Uint8Array(keyedHash(key)(text))).toEqual(hmac(key, text))
  }
})

it('remembers nothing of a longer text before', () => {
  const mac = keyedHash(new Uint8Array(32).fill(7))
  const before = mac('a shopper')
  mac('x'.repeat(1_000))
  expect(mac('a shopper')).toEqual(before)
})

it('agrees with RFC 4231, test case 2', () => {
  const mac = keyedHash(Buffer.from('Jefe'))
  expect(Buffer.from(mac('what do ya want for nothing?')).toString('hex')).toBe('5bdcc146bf60754e6a042426089575c7')
})
