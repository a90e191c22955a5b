/** The two promises of a distribution: relative error of the probability ≤ 1e-10 in the body, ≤ 1e-8 as far as 1e-300. */
import { expect } from 'vitest'

const BODY_FROM = Math.log(1e-12)

/** Compares logarithms of a probability: their distance is the relative error of the probability itself. */
export function expectTail(got: number, expected: number, what: string): void {
  const allowed = expected > BODY_FROM ? 1e-10 : 1e-8
  const off = Math.abs(got - expected)
  expect(off <= allowed, `${what}: ln p is ${got}, should be ${expected}, relative error ${off}`).toBe(true)
}

/** Compares quantiles to 1e-10 relative. */
export function expectQuantile(got: number, expected: number, what: string): void {
  const off = Math.abs(got / expected - 1)
  expect(off <= 1e-10, `${what}: ${got} should be ${expected}, relative error ${off}`).toBe(true)
}
