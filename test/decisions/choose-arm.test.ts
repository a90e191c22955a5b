import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArmRequest, chooseArm } from '../../src/decisions/choose-arm.ts'
import { exposureOf } from '../../src/decisions/exposure.ts'
import { serve } from '../../src/decisions/ladder.ts'
import type { Words } from '../../src/experiments/hash.ts'
import { failing, plainRequest, rankerOf, runningOf, snapshotOf } from '../support/deck.ts'

const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()) as fc.Arbitrary<Words>

function request(unit: Words, change: Partial<ArmRequest> = {}): ArmRequest {
  return { unit, requestUnit: [9, 9, 9, 9], context: {}, x: new Int16Array(16), u: 0, measurement: true, ...change }
}

describe('choosing an arm', () => {
  it('carries a propensity in (0, 1] and the same arm for the same unit', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf()] })
    fc.assert(
      fc.property(words, (unit) => {
        const choice = chooseArm(request(unit), state, snapshot)
        expect(choice.running?.key).toBe('test')
        expect(choice.propensities[choice.arm]).toBe(0.5)
        expect(chooseArm(request(unit), state, snapshot)).toEqual(choice)
      }),
    )
  })

  it('leaves a request alone that does not consent to be measured', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf()] })
    expect(chooseArm(request([1, 2, 3, 4], { measurement: false }), state, snapshot)).toMatchObject({
      running: null,
      policy: 'hybrid',
      propensities: [1],
    })
  })

  it('leaves those alone who are outside the audience, and lets the next experiment ask', () => {
    const mobile = runningOf({ key: 'mobile', audience: [{ field: 'device', values: ['mobile'] }] })
    const { snapshot, state } = snapshotOf({ experiments: [mobile, runningOf({ key: 'rest' })] })
    expect(chooseArm(request([1, 2, 3, 4], { context: { device: 'mobile' } }), state, snapshot).running?.key).toBe('mobile')
    expect(chooseArm(request([1, 2, 3, 4]), state, snapshot).running?.key).toBe('rest')
  })

  it('masks the arm of a policy that is switched off', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf()], killed: ['hybrid'] })
    fc.assert(
      fc.property(words, (unit) => {
        expect(chooseArm(request(unit), state, snapshot)).toMatchObject({
          arm: 0,
          propensities: [1, 0],
          masked: true,
          policy: 'popularity',
        })
      }),
    )
  })

  it('masks the arm of a policy that cannot serve just now, as long as that lasts', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf()] })
    const unavailable = new Set(['popularity'])
    fc.assert(
      fc.property(words, (unit) => {
        expect(chooseArm(request(unit, { unavailable }), state, snapshot)).toMatchObject({ arm: 1, propensities: [0, 1], masked: true })
        expect(chooseArm(request(unit), state, snapshot)).toMatchObject({ propensities: [0.5, 0.5], masked: false })
      }),
    )
  })

  it('steps back when every arm is switched off', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf()], killed: ['hybrid', 'popularity'] })
    expect(chooseArm(request([1, 2, 3, 4]), state, snapshot).running).toBeNull()
  })

  it('randomises the request itself when the experiment asks for it', () => {
    const { snapshot, state } = snapshotOf({ experiments: [runningOf({ unit: 'request' })] })
    const arms = new Set(
      Array.from({ length: 64 }, (_, i) => chooseArm(request([1, 2, 3, 4], { requestUnit: [i, 0, 0, 0] }), state, snapshot).arm),
    )
    expect(arms).toEqual(new Set([0, 1]))
  })
})

describe('an exposure', () => {
  const source = {
    decidedAt: 1,
    decisionId: new Uint8Array(16),
    unit: new Uint8Array(16),
    x: new Int16Array(1),
    surface: 'home',
    snapshotId: 'snap',
  }

  it('counts for the drawn arm and tells what was served instead', () => {
    const { snapshot, state } = snapshotOf({
      experiments: [
        runningOf({
          arms: [
            { key: 'only', policy: 'broken', weight: 1e6 },
            { key: 'other', policy: 'broken' },
          ],
        }),
      ],
      rankers: [failing('broken'), rankerOf('hybrid', [5, 6, 7, 8])],
    })
    const choice = chooseArm(request([1, 2, 3, 4]), state, snapshot)
    const exposure = exposureOf(source, choice, serve(choice.policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({
      epochId: 7,
      armId: 100,
      policy: 'broken',
      servedPolicy: 'hybrid',
      reason: 'fallback',
      kind: 'drawn',
      stratum: 'fixed',
    })
  })

  it('outside experiments has no epoch and the reason "default"', () => {
    const { snapshot, state } = snapshotOf()
    const choice = chooseArm(request([1, 2, 3, 4]), state, snapshot)
    const exposure = exposureOf(source, choice, serve(choice.policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({ epochId: null, armId: null, pi: [1], reason: 'default', kind: 'default', items: [5, 6, 7, 8] })
  })
})
