import { describe, expect, it } from 'vitest'
import { lookedAt, STATIC_POLICY, serve } from '../../src/decisions/ladder.ts'
import { surfaceSchema } from '../../src/policies/surface.ts'
import { failing, plainRequest, rankerOf, snapshotOf } from '../support/deck.ts'

describe('the fallback ladder', () => {
  it('serves with the chosen policy when it can', () => {
    const { snapshot, state } = snapshotOf()
    expect(serve('popularity', state, snapshot, plainRequest(snapshot))).toMatchObject({
      policy: 'popularity',
      modelVersion: 'popularity-1',
      items: [1, 2, 3, 4],
      failures: [],
    })
  })

  it('goes down to the surface’s own policy when the chosen one throws, and says why', () => {
    const { snapshot, state } = snapshotOf({ rankers: [failing('new'), rankerOf('hybrid', [5, 6, 7, 8])] })
    const served = serve('new', state, snapshot, plainRequest(snapshot))
    expect(served).toMatchObject({ policy: 'hybrid', items: [5, 6, 7, 8] })
    expect(served.failures).toMatchObject([{ policy: 'new', because: 'threw', error: { message: 'broken on purpose' } }])
  })

  it('passes over a policy that is switched off, not trained or silent', () => {
    const { snapshot, state } = snapshotOf({
      killed: ['hybrid'],
      rankers: [rankerOf('empty', []), rankerOf('hybrid', [5]), rankerOf('popularity', [1, 2, 3, 4])],
    })
    const served = serve('empty', state, snapshot, plainRequest(snapshot))
    expect(served.policy).toBe('popularity')
    expect(served.failures.map((failure) => failure.because)).toEqual(['empty', 'switched-off'])
  })

  it('tops up a short slate from below without repeating an item or calling it a fallback', () => {
    const { snapshot, state } = snapshotOf({ rankers: [rankerOf('short', [2]), rankerOf('popularity', [1, 2, 3, 4])] })
    const served = serve('short', state, snapshot, plainRequest(snapshot))
    expect(served.policy).toBe('short')
    expect(served.items).toEqual([2, 1, 3, 4])
    expect([...served.scores].sort((a, b) => b - a)).toEqual(served.scores)
  })

  it('ends at any available item, and never shows what is out of stock', () => {
    const { snapshot, state } = snapshotOf({ rankers: [] })
    const served = serve('gone', state, snapshot, plainRequest(snapshot, 20))
    expect(served.policy).toBe(STATIC_POLICY)
    expect(served.items).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10])
    expect(served.why.every((why) => why.kind === 'rule')).toBe(true)
  })

  it('keeps to the candidates even on the last rung', () => {
    const { snapshot, state } = snapshotOf({ rankers: [] })
    expect(serve('gone', state, snapshot, { ...plainRequest(snapshot), candidates: [9, 3, 8] }).items).toEqual([3, 8])
  })
})

describe('a surface that assembles its slates', () => {
  it('asks the policy that knows demand what few buy', () => {
    const demand = Float64Array.of(0, 0.5, 0.3, 0.2, 0)
    const rankers = [rankerOf('hybrid', [1, 2, 3, 4]), { ...rankerOf('popularity', [1, 2, 3, 4]), demand }]
    const { snapshot, state } = snapshotOf({ rankers })
    const surface = surfaceSchema.parse({ key: 'home', size: 4, assembly: { weights: { relevance: 0, novelty: 1 } } })
    expect(serve('hybrid', { ...state, surface }, snapshot, plainRequest(snapshot)).items).toEqual([4, 3, 2, 1])
  })

  const stateWith = (assembly: object) => {
    const { snapshot, state } = snapshotOf()
    return { snapshot, state: { ...state, surface: surfaceSchema.parse({ key: 'home', size: 4, assembly }) } }
  }

  it('looks at more of the policy’s items than it shows', () => {
    const { snapshot, state } = stateWith({ boosts: [{ field: 'itemId', value: 'SKU-8', factor: 50 }] })
    const served = serve('hybrid', state, snapshot, plainRequest(snapshot, 2))
    expect(served).toMatchObject({ policy: 'hybrid', items: [8, 5], rules: { boosts: [{ item: 8, factor: 50 }] } })
  })

  it('says how many items it looks at, so that a remote strategy can be asked for as many', () => {
    const { snapshot, state } = snapshotOf()
    const request = plainRequest(snapshot, 7)
    expect(lookedAt(state, request)).toBe(7)
    expect(lookedAt(stateWith({ diversity: 0.3 }).state, request)).toBe(50)
    expect(lookedAt(stateWith({ diversity: 0.3, pool: 10 }).state, request)).toBe(21)
    expect(lookedAt(stateWith({ coldStart: { temperature: 0.3, within: 15 } }).state, request)).toBe(15)
    expect(lookedAt(stateWith({ coldStart: { temperature: 0.3, within: 15 } }).state, { ...request, history: [1] })).toBe(7)
  })

  it('goes on down the ladder when a cap leaves too little, and stays short when nothing else is left', () => {
    const { snapshot, state } = stateWith({ caps: { category: 3 } })
    expect(serve('hybrid', state, snapshot, plainRequest(snapshot)).items).toEqual([5, 6, 7])
    const ten = serve('hybrid', stateWith({ caps: { brand: 1 } }).state, snapshot, plainRequest(snapshot, 9))
    expect(ten.items).toHaveLength(9)
    expect(ten.policy).toBe('hybrid')
  })
})
