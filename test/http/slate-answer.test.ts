import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slateJson } from '../../src/http/slate-answer.ts'
import type { Why } from '../../src/policies/policy.ts'
import { runningOf } from '../support/deck.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const ids = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 })
const whyOf = (item: number): fc.Arbitrary<Why> =>
  fc.oneof(
    fc.record({ kind: fc.constantFrom('because-of' as const, 'similar' as const), item: fc.constant(item), share: number }),
    fc.constant({ kind: 'popular' as const }),
    fc.record({ kind: fc.constant('rule' as const), rule: fc.string() }),
  )
const ranked = ids.chain((all) =>
  fc.record({
    ids: fc.constant(all),
    rows: fc.array(
      fc.nat(all.length - 1).chain((item) => fc.record({ item: fc.constant(item), score: number, why: whyOf((item + 1) % all.length) })),
      { maxLength: 6 },
    ),
  }),
)

describe('the answer to a slate request', () => {
  it('says the same as JSON.stringify would, whatever the ids and numbers', () => {
    fc.assert(
      fc.property(ranked, fc.string(), fc.boolean(), fc.option(fc.string()), ({ ids: all, rows }, surface, tested, token) => {
        const running = tested ? runningOf() : null
        const column = <K extends 'item' | 'score' | 'why'>(name: K) => rows.map((row) => row[name])
        const served = {
          ...{ policy: 'popularity', modelVersion: 'm', failures: [], terms: null, chances: null, rules: null, rankPi: null },
          ...{ items: column('item'), scores: column('score'), why: column('why') },
        }
        const choice = { running, arm: 0, propensities: [0.25, 0.75], masked: false, policy: 'hybrid', drawn: null, stay: null }
        const text = slateJson({ decisionId: 'id', surface, ids: all, choice, served, reason: 'fallback', snapshot: 's', token })
        expect(text).toBe(
          JSON.stringify({
            decisionId: 'id',
            surface,
            items: rows.map(({ item, score, why }, i) => ({
              itemId: all[item],
              rank: i + 1,
              score,
              why: 'item' in why ? { kind: why.kind, itemId: all[why.item], share: why.share } : why,
            })),
            experiment: running && { key: 'test', arm: 'control', propensity: 0.25 },
            policy: 'hybrid',
            servedPolicy: 'popularity',
            reason: 'fallback',
            snapshot: 's',
            token,
          }),
        )
      }),
    )
  })
})
