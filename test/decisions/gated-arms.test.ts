import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseArm, rankingPolicy } from '../../src/decisions/choose-arm.ts'
import { exposureOf } from '../../src/decisions/exposure.ts'
import { armGatesOf, drawable } from '../../src/decisions/gated-arms.ts'
import { serve } from '../../src/decisions/ladder.ts'
import { type LoggedDecision, replay, replayStay } from '../../src/decisions/replay.ts'
import type { SnapshotBody } from '../../src/decisions/snapshot-body.ts'
import { stayOf } from '../../src/decisions/stay.ts'
import type { Gates } from '../../src/experiments/gate.ts'
import { type Words, wordsOf } from '../../src/experiments/hash.ts'
import { plainRequest, rankerOf, snapshotOf } from '../support/deck.ts'
import { ARM_IDS, models, seed, smallBandit, smallX } from './small-bandit.ts'

const rankers = ['popularity', 'hybrid', 'a', 'b', 'c'].map((key) => rankerOf(key, [1, 2, 3, 4]))
const arms = fc.subarray([...ARM_IDS])
const someGates = fc.record({ masked: arms, retired: arms, promoted: fc.option(fc.constantFrom(...ARM_IDS)) }) as fc.Arbitrary<Gates>
const units = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()) as fc.Arbitrary<Words>
const chance = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true })
const request = (unit: Words, u: number) => ({ unit, requestUnit: unit, context: {}, x: smallX(3), u, measurement: true })
const secrets = { seed, draw: () => 0.77 }

function dealt(gates: Gates | undefined, killed: readonly string[] = [], allocation: object = {}) {
  const { epoch, running } = smallBandit(allocation, gates)
  return { epoch, running, ...snapshotOf({ experiments: [running], killed, rankers }) }
}

describe('drawable arms', () => {
  it('are never masked, and in the bandit stratum never retired while anybody else is left', () => {
    fc.assert(
      fc.property(someGates, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (gates, eligible) => {
        const state = armGatesOf(gates, ARM_IDS)!
        const uniform = drawable(state, eligible, 'uniform')
        const bandit = drawable(state, eligible, 'bandit')
        ARM_IDS.forEach((id, arm) => {
          expect(uniform[arm]).toBe(eligible[arm] && !gates.masked.includes(id))
          if (bandit[arm]) expect(uniform[arm]).toBe(true)
        })
        expect(bandit.includes(true)).toBe(uniform.includes(true))
        const promoted = gates.promoted === null ? -1 : ARM_IDS.indexOf(gates.promoted as 10)
        if (uniform[promoted]) expect(bandit.map((can, arm) => (can ? arm : -1)).filter((arm) => arm >= 0)).toEqual([promoted])
        else if (uniform.some((can, arm) => can && !gates.retired.includes(ARM_IDS[arm]!)))
          ARM_IDS.forEach((id, arm) => {
            if (gates.retired.includes(id)) expect(bandit[arm]).toBe(false)
          })
      }),
    )
  })

  it('are the eligible ones themselves while the gate touches nobody', () => {
    const eligible = [true, false, true, true]
    expect(armGatesOf(undefined, ARM_IDS)).toBeNull()
    expect(drawable(null, eligible, 'bandit')).toBe(eligible)
  })
})

describe('a choice under the gate', () => {
  const gates: Gates = { masked: [10], retired: [13], promoted: null }

  it('draws a retired arm in the uniform stratum only, and a masked one in neither, though another arm has its policy', () => {
    const { snapshot, state } = dealt(gates)
    const seen = { uniform: new Set<number>(), bandit: new Set<number>() }
    for (let i = 0; i < 400; i++) {
      const { drawn, arm, propensities } = chooseArm(request([i, 1, 2, 3], (i + 0.5) / 400), state, snapshot)
      seen[drawn!.stratum].add(arm)
      expect(propensities.map((p) => p > 0)).toEqual(drawn!.stratum === 'uniform' ? [false, true, true, true] : [false, true, true, false])
      expect(propensities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14)
    }
    expect([...seen.uniform].sort()).toEqual([1, 2, 3])
    expect([...seen.bandit].sort()).toEqual([1, 2])
  })

  it('gives the bandit stratum to the promoted arm, and to the others while that cannot serve', () => {
    const promoted: Gates = { masked: [], retired: [13], promoted: 11 }
    const { snapshot, state } = dealt(promoted)
    const killed = dealt(promoted, ['b'])
    for (let i = 0; i < 100; i++) {
      const { drawn, propensities } = chooseArm(request([i, 1, 2, 3], 0.99), state, snapshot)
      if (drawn!.stratum === 'bandit') expect(propensities).toEqual([0, 1, 0, 0])
      else expect(propensities).toEqual([0.25, 0.25, 0.25, 0.25])
      const without = chooseArm(request([i, 1, 2, 3], 0.99), killed.state, killed.snapshot)
      expect(without.propensities.map((p) => p > 0)).toEqual(
        without.drawn!.stratum === 'bandit' ? [true, false, true, false] : [true, false, true, true],
      )
    }
  })

  it('is made again bit for bit from the body of its snapshot, whatever the gate and whoever could not serve', () => {
    fc.assert(
      fc.property(someGates, fc.subarray(['b', 'c']), fc.subarray(['a', 'b', 'c']), units, chance, (state, killed, out, unit, u) => {
        const all = dealt(state, killed)
        const choice = chooseArm({ ...request(unit, u), unavailable: new Set(out) }, all.state, all.snapshot)
        if (!choice.running) return
        const { decision, body } = loggedOf(all, choice, unit, killed)
        expect(replay(decision, body, { seed, draw: () => u }, 0)).toEqual({ kind: 'same' })
        const other = { ...body.running[0]!, gates: { masked: [ARM_IDS[choice.arm]!], retired: [], promoted: null } }
        expect(replay(decision, { ...body, running: [other] }, { seed, draw: () => u }, 0).kind).toBe('different')
      }),
    )
  })
})

describe('a stay', () => {
  const unit = Uint8Array.from({ length: 16 }, (_, i) => i)
  const first = dealt(undefined, [], { sticky: true })
  const drawn = chooseArm(request(wordsOf(unit), 0.77), first.state, first.snapshot)
  const stay = stayOf(drawn, new Uint8Array(16).fill(9))!
  const again = (gates?: Gates, killed: readonly string[] = []) => {
    const all = dealt(gates, killed, { sticky: true })
    const choice = chooseArm({ ...request(wordsOf(unit), 0.01), stay: () => stay }, all.state, all.snapshot)
    return { ...all, choice, policy: rankingPolicy(choice, all.state) }
  }

  it('keeps arm, vector and expectations of the first draw, whatever is drawn or learned since', () => {
    const { choice, state, snapshot, policy } = again()
    expect(choice).toMatchObject({ arm: drawn.arm, propensities: drawn.propensities, stay: 'kept' })
    const exposure = exposureOf(sourceOf(unit), choice, serve(policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({
      ...{ kind: 'assigned', reason: 'assigned', armId: stay.armId, stratum: stay.stratum },
      ...{ pi: stay.pi, mhat: stay.mhat, scale: stay.scale },
    })
  })

  it('survives the retirement of its arm and a promotion of another', () => {
    const other = ARM_IDS.find((id) => id !== stay.armId)!
    expect(again({ masked: [], retired: [stay.armId], promoted: other }).choice).toMatchObject({ arm: drawn.arm, stay: 'kept' })
  })

  it('is withheld when its arm is masked: the surface’s own policy serves, and the exposure counts for the arm', () => {
    const { choice, state, snapshot, policy } = again({ masked: [stay.armId], retired: [], promoted: null })
    expect(choice).toMatchObject({ arm: drawn.arm, stay: 'withheld' })
    expect(policy).toBe('hybrid')
    const exposure = exposureOf(sourceOf(unit), choice, serve(policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({ kind: 'assigned', reason: 'withheld', armId: stay.armId, servedPolicy: 'hybrid' })
    expect(exposure.policy).toBe(choice.policy)
  })

  it('counts as a fallback while its policy is switched off', () => {
    const { choice, state, snapshot, policy } = again(undefined, [drawn.policy])
    const exposure = exposureOf(sourceOf(unit), choice, serve(policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({ kind: 'assigned', reason: 'fallback', armId: stay.armId, servedPolicy: 'hybrid' })
  })

  it('is not asked for where arms are not kept', () => {
    const { state, snapshot } = dealt(undefined)
    const choice = chooseArm({ ...request(wordsOf(unit), 0.01), stay: () => stay }, state, snapshot)
    expect(choice.stay).toBeNull()
  })

  it('is replayed by its first draw, and by every number that it took over', () => {
    const { decision, body } = loggedOf(first, drawn, wordsOf(unit), [])
    const found = replay(decision, body, secrets, 0)
    expect(found).toEqual({ kind: 'same' })
    expect(replayStay(decision, decision, found)).toEqual({ kind: 'same' })
    const pi = decision.pi.map((p, i) => (i === 0 ? p * (1 + Number.EPSILON) : p))
    expect(replayStay({ ...decision, pi }, decision, found)).toMatchObject({ kind: 'different', differences: [{ of: 'pi' }] })
    expect(replayStay({ ...decision, armId: 99 }, decision, found)).toMatchObject({ differences: [{ of: 'arm' }] })
    expect(replayStay(decision, null, found)).toEqual({ kind: 'impossible', because: 'first-draw-not-logged' })
  })
})

function sourceOf(unit: Uint8Array) {
  return { decidedAt: 0, decisionId: new Uint8Array(16), unit, x: smallX(3), surface: 'home', snapshotId: 'snap' }
}

function loggedOf(
  { epoch, state, snapshot }: ReturnType<typeof dealt>,
  choice: ReturnType<typeof chooseArm>,
  unit: Words,
  killed: readonly string[],
): { readonly decision: LoggedDecision; readonly body: SnapshotBody } {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (const [i, word] of unit.entries()) view.setInt32(4 * i, word, true)
  const exposure = exposureOf(sourceOf(bytes), choice, serve(choice.policy, state, snapshot, plainRequest(snapshot)))
  const belief = { kind: 'models', models, decisions: 1200, memoryDays: null, epochId: 7 } as const
  const kept = { surfaces: [], policies: [], running: [epoch], models: {}, killed, learnedTo: {}, beliefs: [belief] }
  return { decision: { ...exposure, items: [], requestKey: null }, body: JSON.parse(JSON.stringify(kept)) }
}
