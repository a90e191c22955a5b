import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readyPolicies, seededPolicies } from '../../src/policies/definition.ts'
import { kinds } from '../../src/policies/registry.ts'

/** Imported and remote strategies need a model or an answer from elsewhere: their tests give them one, and run the contract over that. */
it('every kind that is registered keeps the contract of a policy', () => {
  const texts = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  for (const kind of Object.keys(kinds)) {
    const calls = new RegExp(`^keepsTheContract\\('[^']+', '${kind}'`, 'm')
    expect(
      texts.some((text) => calls.test(text)),
      kind,
    ).toBe(true)
  }
})

it('a new installation has a policy of every kind that needs nothing from elsewhere', () => {
  const seeded = new Set([...seededPolicies, ...readyPolicies].map(({ kind }) => kind))
  expect(Object.keys(kinds).filter((kind) => !seeded.has(kind))).toEqual(['fixed', 'remote', 'factors'])
})
