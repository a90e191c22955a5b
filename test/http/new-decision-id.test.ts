import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decidedAtOf, uuidBytes, uuidText } from '../../src/decisions/decision-id.ts'
import { newDecisionId } from '../../src/http/new-decision-id.ts'

describe('a decision id', () => {
  it('is a UUID of version 7 that carries its moment', () => {
    const now = Date.UTC(2026, 10, 20)
    const id = newDecisionId(now)
    expect(uuidText(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(decidedAtOf(id)).toBeGreaterThanOrEqual(now)
    expect(decidedAtOf(id)).toBeLessThan(now + 5)
  })

  it('grows strictly, also within a millisecond and when the clock steps back', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => uuidText(newDecisionId(Date.UTC(2027, 0, 1) - (i % 3))))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('comes back from its text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (id) => {
        expect(uuidBytes(uuidText(id))).toEqual(new Uint8Array(id))
      }),
    )
    expect(uuidBytes('not-a-uuid')).toBeNull()
  })
})
