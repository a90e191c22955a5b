/** Golden cases: published numbers with their source, tolerance and oracle, one file for the whole room. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

interface Golden<Inputs, Expected> {
  readonly id: string
  readonly inputs: Inputs
  readonly expected: Expected
  readonly tol: { readonly rel: number; readonly abs: number }
}

const folder = join(import.meta.dirname, '..', 'golden')
const cases: readonly Golden<unknown, unknown>[] = JSON.parse(readFileSync(join(folder, 'statistics.json'), 'utf8')).cases

/** Columns of numbers by distribution, from 60-digit arithmetic. */
export const distributions: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(
  readFileSync(join(folder, 'distributions.json'), 'utf8'),
)

export function golden<Inputs, Expected>(id: string): Golden<Inputs, Expected> {
  const found = cases.find((one) => one.id === id)
  if (!found) throw new Error(`no golden case ${id}`)
  return found as Golden<Inputs, Expected>
}

/** Compares numbers or arrays of numbers as the golden file prescribes: |got − expected| ≤ max(rel·|expected|, abs). */
export function expectClose(
  got: number | readonly number[],
  expected: number | readonly number[],
  tol: { readonly rel: number; readonly abs: number },
): void {
  const gots = typeof got === 'number' ? [got] : got
  const wanted = typeof expected === 'number' ? [expected] : expected
  expect(gots.length).toBe(wanted.length)
  wanted.forEach((value, i) => {
    const distance = Math.abs(gots[i]! - value)
    // the file prints twelve significant digits
    const allowed = Math.max(Math.max(tol.rel, 1e-11) * Math.abs(value), tol.abs)
    expect(distance <= allowed, `${gots[i]} should be ${value} within ${allowed}, is off by ${distance}`).toBe(true)
  })
}

/** The value, when it is known; fails the test otherwise. */
export function known<Value extends object>(value: Value): Exclude<Value, { readonly kind: 'unknown' }> {
  expect(value).not.toHaveProperty('because')
  return value as Exclude<Value, { readonly kind: 'unknown' }>
}
