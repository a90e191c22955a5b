import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GateStep, gateSettingsOf, gatesOf, standing } from '../../src/experiments/gate.ts'

const step = (id: number, kind: GateStep['kind'], armId: number | null, undoes: number | null = null): GateStep => ({
  id,
  kind,
  armId,
  undoes,
})

describe('the state of the gate', () => {
  it('is nothing while nothing was done, so that a snapshot is named as it always was', () => {
    expect(gatesOf([])).toBeNull()
    expect(gatesOf([step(1, 'stop', null)])).toBeNull()
    expect(gatesOf([step(1, 'mask', 5), step(2, 'unmask', 5, 1)])).toBeNull()
  })

  it('is what the actions that were not taken back amount to', () => {
    const steps = [step(1, 'retire', 8), step(2, 'mask', 5), step(3, 'mask', 4), step(4, 'unmask', 5, 2), step(5, 'promote', 9)]
    expect(gatesOf(steps)).toEqual({ masked: [4], retired: [8], promoted: 9 })
    expect(gatesOf([...steps, step(6, 'mask', 5)])).toEqual({ masked: [4, 5], retired: [8], promoted: 9 })
    expect(gatesOf([...steps, step(6, 'unmask', 9, 5)])).toEqual({ masked: [4], retired: [8], promoted: null })
    expect(standing(steps).map(({ id }) => id)).toEqual([1, 3, 5])
  })

  it('does not depend on the order in which different arms were treated', () => {
    const kinds = fc.constantFrom('mask', 'retire') as fc.Arbitrary<'mask' | 'retire'>
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(20), kinds), { selector: ([arm]) => arm }), (done) => {
        const steps = done.map(([arm, kind], i) => step(i + 1, kind, arm))
        expect(gatesOf([...steps].reverse())).toEqual(gatesOf(steps))
      }),
    )
  })

  it('is on, and promotes nobody, where an experiment says nothing about it', () => {
    expect(gateSettingsOf({})).toEqual({ enabled: true, promote: false })
    expect(gateSettingsOf({ gate: { enabled: false, promote: true } })).toEqual({ enabled: false, promote: true })
  })
})
