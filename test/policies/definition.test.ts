import { describe, expect, it } from 'vitest'
import { policySchema, seededPolicies } from '../../src/policies/definition.ts'
import { kinds } from '../../src/policies/registry.ts'

describe('the definition of a policy', () => {
  it('fills the parameters of its kind in', () => {
    const policy = policySchema.parse({ key: 'fresh', kind: 'popularity-decay', parameters: { halfLifeHours: 3 } })
    expect(policy.parameters).toEqual({ halfLifeHours: 3, per: 'category', backOff: 20 })
  })

  it('is refused with a pointer to the parameter that is wrong', () => {
    const parsed = policySchema.safeParse({ key: 'fresh', kind: 'popularity-decay', parameters: { halfLifeHours: -3 } })
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['parameters', 'halfLifeHours']])
    const nested = policySchema.safeParse({ key: 'mix', kind: 'hybrid', parameters: { parts: [{ policy: 'popularity', weight: 0 }] } })
    expect(nested.error?.issues.map(({ path }) => path)).toEqual([['parameters', 'parts', 0, 'weight']])
  })

  it('is refused for unknown kinds, parameters, fields and odd keys', () => {
    for (const wrong of [
      { key: 'a', kind: 'magic' },
      { key: 'a', kind: 'toString' },
      { key: 'a', kind: 'content', parameters: { unheardOf: 1 } },
      { key: 'a', kind: 'content', unheardOf: 1 },
      { key: '$histories', kind: 'content' },
      { key: '', kind: 'content' },
    ]) {
      expect(policySchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
    }
  })

  it('is sown once for each kind that learns from the log, and what a sown policy needs is sown too', () => {
    const learning = Object.values(kinds).filter(({ train, isImported }) => train && !isImported)
    expect(seededPolicies.map(({ kind }) => kind).sort()).toEqual(learning.map(({ kind }) => kind).sort())
    for (const { kind } of seededPolicies) expect(kinds[kind]!.train, kind).toBeDefined()
    const keys = seededPolicies.map(({ key }) => key)
    for (const { kind, parameters } of seededPolicies)
      expect(keys).toEqual(expect.arrayContaining([...(kinds[kind]!.needs?.(parameters) ?? [])]))
  })
})

describe('the registry', () => {
  it('knows every kind by its own name', () => {
    for (const [name, kind] of Object.entries(kinds)) expect(kind.kind).toBe(name)
  })
})
