import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Evidence, type OffPolicyMoments, openOffPolicyFold } from '../../src/bandits/off-policy-moments.ts'
import type { Random } from '../../src/stats/random.ts'

interface Golden<Inputs, Expected> {
  readonly name: string
  readonly inputs: Inputs
  readonly expected: Expected
  readonly tolerance: number
}

const cases: readonly Golden<unknown, unknown>[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'golden', 'off-policy.json'), 'utf8'),
).cases

export function golden<Inputs, Expected>(name: string): Golden<Inputs, Expected> {
  const found = cases.find((one) => one.name === name)
  if (!found) throw new Error(`no golden case ${name}`)
  return found as Golden<Inputs, Expected>
}

export function expectClose(got: number, expected: number, tolerance: number): void {
  const allowed = tolerance * Math.abs(expected)
  expect(Math.abs(got - expected) <= allowed, `${got} should be ${expected}`).toBe(true)
}

export function momentsOfEvidence(units: readonly (readonly Evidence[])[], switchAt = 10, arms = 3): OffPolicyMoments {
  const fold = openOffPolicyFold({ arms, switchAt })
  for (const unit of units) fold.add(unit)
  return fold.moments()
}

const tame = (min: number, max: number) => fc.integer({ min: min * 64, max: max * 64 }).map((n) => n / 64)

/** A decision of another policy than the one that is asked about. */
export const evidence: fc.Arbitrary<Evidence> = fc.record({
  weight: tame(0, 20),
  reward: tame(-5, 5),
  prediction: tame(-5, 5),
  modelValue: tame(-5, 5),
  modelError: tame(-1, 1),
})

export const units = fc
  .array(fc.array(evidence, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 30 })
  .filter((all) => all.flat().some(({ weight }) => weight > 0))

/** Draws an arm. */
export function draw(random: Random, probabilities: readonly number[]): number {
  let left = random.uniform()
  for (const [arm, probability] of probabilities.entries()) {
    left -= probability
    if (left < 0) return arm
  }
  return probabilities.length - 1
}
