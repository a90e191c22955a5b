import { describe, expect, it } from 'vitest'
import { closedGate } from '../../src/stats/always-valid-gate.ts'

describe('the gate before an always-valid claim', () => {
  it('is closed until both arms have their conversions', () => {
    expect(closedGate('conversions', { control: 300, treatment: 19 })).toEqual({
      kind: 'unknown',
      because: 'too-few-events',
      have: 19,
      need: 20,
    })
    expect(closedGate('conversions', { control: 20, treatment: 20 })).toBeNull()
  })

  it('asks for a hundred units with a value where values are heavy-tailed', () => {
    expect(closedGate('non-zero-units', { control: 99, treatment: 400 })).toMatchObject({ have: 99, need: 100 })
    expect(closedGate('non-zero-units', { control: 100, treatment: 100 })).toBeNull()
  })
})
