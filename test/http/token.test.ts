import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readToken, tokenOf } from '../../src/http/token.ts'

const KEY = createSecretKey(randomBytes(32))
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('a decision token', () => {
  it('says what was put into it', () => {
    fc.assert(
      fc.property(bytes16, bytes16, (decisionId, unit) => {
        expect(readToken(KEY, tokenOf(KEY, { decisionId, unit }))).toEqual({
          decisionId: new Uint8Array(decisionId),
          unit: new Uint8Array(unit),
        })
      }),
    )
  })

  it('is signed with HMAC-SHA256', () => {
    fc.assert(
      fc.property(bytes16, bytes16, fc.uint8Array({ minLength: 16, maxLength: 64 }), (decisionId, unit, secret) => {
        const signed = Buffer.concat([Uint8Array.of(1), decisionId, unit])
        const mac = createHmac('sha256', secret).update(signed).digest().subarray(0, 16)
        expect(tokenOf(createSecretKey(secret), { decisionId, unit })).toBe(`v1.${Buffer.concat([signed, mac]).toString('base64url')}`)
      }),
    )
  })

  it('is worth nothing when a single character is changed, with another key, or made up', () => {
    const token = tokenOf(KEY, { decisionId: new Uint8Array(16), unit: new Uint8Array(16).fill(7) })
    fc.assert(
      fc.property(fc.integer({ min: 3, max: token.length - 2 }), fc.constantFrom('A', 'b', '9', '_'), (at, letter) => {
        fc.pre(token[at] !== letter)
        expect(readToken(KEY, token.slice(0, at) + letter + token.slice(at + 1))).toBeNull()
      }),
    )
    expect(readToken(createSecretKey(randomBytes(32)), token)).toBeNull()
    for (const text of ['', 'v1.', 'v2.abc', 'v1.!!!', `v1.${'A'.repeat(66)}`, `${token}AAAA`]) expect(readToken(KEY, text)).toBeNull()
  })
})
