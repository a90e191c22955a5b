import { describe, expect, it } from 'vitest'
import { type ShipEvidence, shipDecision } from '../../src/stats/ship-decision.ts'

const evidence = (more: Partial<ShipEvidence> = {}): ShipEvidence => ({
  mistrusted: false,
  planComplete: true,
  success: [
    { metric: 'conversion', shown: 'better' },
    { metric: 'revenue', shown: 'nothing' },
  ],
  guardrails: [{ metric: 'returns', nonInferior: true, shownWorse: false }],
  ...more,
})

describe('the decision rule', () => {
  it('ships when something is better and every guardrail passes', () => {
    expect(shipDecision(evidence())).toEqual({ kind: 'ship', because: ['conversion'] })
    expect(shipDecision(evidence({ guardrails: [] }))).toMatchObject({ kind: 'ship' })
  })

  it('believes nothing while a trust check fails', () => {
    expect(shipDecision(evidence({ mistrusted: true }))).toEqual({ kind: 'fix-first' })
  })

  it('does not ship harm, whatever else got better', () => {
    const harmed = evidence({ guardrails: [{ metric: 'returns', nonInferior: false, shownWorse: true }] })
    expect(shipDecision(harmed)).toEqual({ kind: 'do-not-ship', because: ['returns'] })
    // a guardrail may be within its margin and still be shown worse than before
    const slightly = evidence({ guardrails: [{ metric: 'returns', nonInferior: true, shownWorse: true }] })
    expect(shipDecision(slightly)).toMatchObject({ kind: 'do-not-ship' })
    const success = evidence({ success: [{ metric: 'revenue', shown: 'worse' }] })
    expect(shipDecision(success)).toEqual({ kind: 'do-not-ship', because: ['revenue'] })
  })

  it('waits for guardrails that have not passed yet, and names them', () => {
    const open = evidence({ guardrails: [{ metric: 'returns', nonInferior: false, shownWorse: false }] })
    expect(shipDecision(open)).toEqual({ kind: 'not-yet', because: ['returns'] })
  })

  it('tells "nothing shown" from "not yet"', () => {
    const nothing = { success: [{ metric: 'revenue', shown: 'nothing' as const }] }
    expect(shipDecision(evidence(nothing))).toEqual({ kind: 'nothing-shown' })
    expect(shipDecision(evidence({ ...nothing, planComplete: false }))).toEqual({ kind: 'not-yet', because: ['revenue'] })
  })
})
