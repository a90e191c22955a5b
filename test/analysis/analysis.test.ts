import { describe, expect, it } from 'vitest'
import { drawBinomial, drawLognormal, drawNormal } from '../../src/stats/draws.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { compareRatios } from '../../src/stats/ratio.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { expectClose, golden, known } from '../stats/golden.ts'
import { absolute, analysed, ask } from './asking.ts'

/** A shop's A/B test: 3,000 visitors with an arm, a country, history, views, clicks, an order or not. */
function shop(seed: number) {
  const random = randomOf(seed)
  return Array.from({ length: 3000 }, (_, i) => {
    const arm = random.uniform() < 0.5 ? 'c' : 't'
    const taste = drawNormal(random)
    const views = 1 + drawBinomial(random, { trials: 9, probability: 0.4 })
    const clicks = drawBinomial(random, { trials: views, probability: arm === 't' ? 0.18 : 0.2 })
    const revenue = random.uniform() < 0.2 ? drawLognormal(random, { mu: 3 + taste, sigma: 0.4 }) : 0
    return {
      unit: `u${i}`,
      arm,
      country: ['DE', 'FR', 'UK'][i % 3]!,
      before: 10 + 5 * taste,
      views,
      clicks,
      revenue,
      bought: revenue > 0 ? 1 : 0,
    }
  })
}
const header = ['unit', 'arm', 'country', 'before', 'views', 'clicks', 'revenue', 'bought']
const rowsOf = (visitors: ReturnType<typeof shop>) => visitors.map((visitor) => Object.values(visitor))

describe('the analysis of a file', () => {
  it("has Welch's published result for Student's sleep data", () => {
    const { inputs, expected, tol } = golden<
      { raw_control: number[]; raw_treatment: number[] },
      { diff: number; se: number; p: number; ci: number[] }
    >('P018')
    const rows = [...inputs.raw_control.map((x) => ['c', x]), ...inputs.raw_treatment.map((x) => ['t', x])]
    const [result] = analysed(ask(['hours:mean']), ['arm', 'hours'], rows).results
    const { estimate, standardError, low, high } = absolute(result!)
    expectClose([estimate, standardError, low, high], [expected.diff, expected.se, ...expected.ci], tol)
    expectClose(result!.pValue!, expected.p, tol)
  })

  it('is the engine of the room on the raw values', () => {
    const visitors = shop(1)
    const { results, arms, sampleRatio } = analysed(
      ask(['revenue:mean', 'clicks/views:ratio', 'bought:proportion']),
      header,
      rowsOf(visitors),
    )
    const of = (arm: string) => visitors.filter((visitor) => visitor.arm === arm)
    const means = known(
      compareMeans(
        { control: momentsOf(of('c').map((v) => v.revenue)), treatment: momentsOf(of('t').map((v) => v.revenue)) },
        { level: 0.95 },
      ),
    )
    const pairs = (arm: string) => jointMomentsOf(of(arm).map((v) => [v.clicks, v.views]))
    const ratios = known(compareRatios({ control: pairs('c'), treatment: pairs('t') }, { level: 0.95 }))
    for (const [i, comparison] of [means, ratios].entries()) {
      const { estimate, low, high } = absolute(results[i]!)
      expectClose(
        [estimate, low, high],
        [comparison.difference.estimate, comparison.difference.interval.low, comparison.difference.interval.high],
        { rel: 1e-11, abs: 1e-12 },
      )
      expect(results[i]!.log10PValue).toBeCloseTo(comparison.difference.log10PValue, 9)
    }
    expect(arms).toEqual([
      { arm: 'c', units: of('c').length },
      { arm: 't', units: of('t').length },
    ])
    expect(sampleRatio.alarm).toBe(false)
    expect(results.map(({ method }) => method)).toEqual(['welch', 'delta', 'welch'])
  })

  it('gives the same answer when visitors are cut into rows, in memory and on disk', () => {
    const visitors = shop(2)
    const question = ask(['revenue:mean', 'clicks/views:ratio', 'bought:proportion'], { covariate: 'before', segment: 'country' })
    const whole = analysed(question, header, rowsOf(visitors))
    const cut = visitors.flatMap((v) => [
      [v.unit, v.arm, v.country, v.before, v.views, 0, v.revenue / 2, 0],
      [v.unit, v.arm, v.country, v.before, 0, v.clicks, v.revenue / 2, v.bought],
    ])
    for (const bound of [undefined, 100]) {
      const summed = analysed({ ...question, unit: 'unit' }, header, cut, bound)
      expect(summed.arms).toEqual(whole.arms)
      summed.results.forEach((result, i) => {
        expect(absolute(result).estimate).toBeCloseTo(absolute(whole.results[i]!).estimate, 11)
        expect(absolute(result).standardError).toBeCloseTo(absolute(whole.results[i]!).standardError, 11)
      })
    }
  })

  it('takes noise out with a covariate from before, and keeps visitors without history', () => {
    const visitors = shop(3)
    const plain = analysed(ask(['revenue:mean']), header, rowsOf(visitors)).results[0]!
    const rows = rowsOf(visitors).map((row, i) => (i % 10 === 0 ? row.with(3, '') : row))
    const adjusted = analysed(ask(['revenue:mean'], { covariate: 'before' }), header, rows)
    expect(absolute(adjusted.results[0]!).standardError).toBeLessThan(absolute(plain).standardError)
    expect(adjusted.results[0]!.method).toBe('cuped')
    expect(adjusted.results[0]!.varianceReduction).toBeGreaterThan(0.03)
    expect(adjusted.results[0]!.units).toEqual(plain.units)
    expect(adjusted.faults).toMatchObject([{ what: 'column before: missing', count: 300, lines: [2, 12, 22, 32, 42] }])
  })

  it('has always-valid intervals that contain the fixed ones, and a gate before them', () => {
    const question = ask(['revenue:mean', 'bought:proportion', 'clicks/views:ratio'], { plannedUnits: 4000 })
    const rows = rowsOf(shop(4))
    const fixed = analysed({ ...question, method: 'fixed' }, header, rows).results
    const always = analysed({ ...question, method: 'always-valid' }, header, rows).results
    always.forEach((result, i) => {
      expect(absolute(result).low).toBeLessThan(absolute(fixed[i]!).low)
      expect(absolute(result).high).toBeGreaterThan(absolute(fixed[i]!).high)
      expect(result.pValue!).toBeGreaterThan(fixed[i]!.pValue!)
    })
    expect(fixed.every(({ status }) => status === 'not yet')).toBe(true)
    const early = analysed({ ...question, method: 'always-valid' }, header, rows.slice(0, 60)).results
    expect(early[1]).toMatchObject({ status: 'unknown', because: 'too-few-events', need: 20, absolute: { kind: 'unknown' }, pValue: null })
  })

  it('waits at a rate next to 1 for those who did not, as the live report does', () => {
    const rows = Array.from({ length: 400 }, (_, i) => [i % 2 === 0 ? 'c' : 't', i < (i % 2 === 0 ? 10 : 60) ? 0 : 1])
    const [result] = analysed(ask(['bought:proportion'], { method: 'always-valid' }), ['arm', 'bought'], rows).results
    expect(result).toMatchObject({ status: 'unknown', because: 'too-few-events', have: 5, need: 20 })
  })

  it('says where the interval alone would have shown more than the corrected test', () => {
    const rows = Array.from({ length: 4000 }, (_, i) => {
      const [arm, place] = [i % 2 === 0 ? 'c' : 't', Math.floor(i / 2)]
      const hint = place < (arm === 'c' ? 200 : 242) ? 1 : 0
      return [arm, hint, place < 200 ? 1 : 0, place < 200 ? 1 : 0]
    })
    const columns = ['arm', 'hint', 'same', 'alike']
    const question = ask(['hint:proportion', 'same:proportion', 'alike:proportion'])
    // 12.1 % against 10.0 %: p = 0.034
    const [alone] = analysed(ask(['hint:proportion']), columns, rows).results
    expect(alone).toMatchObject({ status: 'better' })
    const { results, notes } = analysed(question, columns, rows)
    expect(results[0]).toMatchObject({ status: 'no difference shown', byItself: 'better' })
    expect(notes).toContain('hint in t: the interval by itself leaves 0 out; corrected for 3 tests it is no difference shown.')
  })

  it('has chances and losses in place of p-values when it is Bayesian', () => {
    const { results } = analysed(ask(['bought:proportion', 'revenue:mean'], { method: 'bayesian' }), header, rowsOf(shop(5)))
    for (const { bayesian, pValue, adjustedPValue, absolute: difference } of results) {
      expect(pValue).toBeNull()
      expect(adjustedPValue).toBeNull()
      expect(bayesian!.chanceToWin + bayesian!.chanceToLose).toBeCloseTo(1, 9)
      expect('low' in difference && difference.low < difference.estimate && difference.estimate < difference.high).toBe(true)
    }
    const flat = analysed(ask(['revenue:mean'], { method: 'bayesian', priorDeviation: Number.POSITIVE_INFINITY }), header, rowsOf(shop(5)))
      .results[0]!
    expect(Math.abs(absolute(flat).estimate)).toBeGreaterThan(Math.abs(absolute(results[1]!).estimate))
  })

  it('shows every segment as measured and as believable', () => {
    const { results } = analysed(ask(['revenue:mean'], { segment: 'country' }), header, rowsOf(shop(6)))
    const table = results[0]!.segments!
    expect(results[0]!.method).toBe('stratified')
    if (!('rows' in table)) throw new Error('segments are known')
    expect(table.rows.map((row) => row.segment).sort()).toEqual(['DE', 'FR', 'UK'])
    const spread = (key: 'raw' | 'shrunk') => {
      const values = table.rows.map((row) => (row[key] as { estimate: number }).estimate)
      return Math.max(...values) - Math.min(...values)
    }
    expect(spread('shrunk')).toBeLessThanOrEqual(spread('raw'))
  })

  it('caps unit totals at a quantile of all arms and shows the figure without the cap', () => {
    const visitors = shop(7)
    visitors[0]!.revenue = 1e6
    const { results, notes } = analysed(ask(['revenue:mean'], { cap: 0.99 }), header, rowsOf(visitors))
    const { absolute: capped, uncapped } = results[0]!
    expect(Math.abs((capped as { estimate: number }).estimate)).toBeLessThan(Math.abs((uncapped as { estimate: number }).estimate))
    expect(notes.join(' ')).toMatch(/capped at .* 30 units count for less/)
  })

  it('corrects for the number of tests, and lets the status follow', () => {
    const random = randomOf(8)
    const names = Array.from({ length: 10 }, (_, m) => `m${m}`)
    const rows = Array.from({ length: 400 }, (_, i) => [
      i % 2 ? 't' : 'c',
      ...names.map((_, m) => drawNormal(random) + (m === 0 && i % 2 ? 0.18 : 0)),
    ])
    const { results } = analysed(ask(names.map((name) => `${name}:mean`)), ['arm', ...names], rows)
    const first = results[0]!
    expect(first.pValue!).toBeLessThan(0.05)
    expect(first.adjustedPValue!).toBeGreaterThan(0.05)
    expect(first.status).toBe('no difference shown')
    expect(absolute(first).low).toBeGreaterThan(0)
  })

  it('blocks every status when the arms do not have their shares', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [i % 3 === 0 ? 't' : 'c', i % 3 === 0 ? 1 + (i % 5) : i % 5])
    const even = analysed(ask(['x:mean']), ['arm', 'x'], rows)
    expect(even.sampleRatio.alarm).toBe(true)
    expect(even.results[0]).toMatchObject({ status: 'unknown', because: 'sample-ratio-mismatch' })
    expect(even.notes[0]).toMatch(/--weights/)
    const planned = analysed(
      ask(['x:mean'], {
        weights: new Map([
          ['c', 2],
          ['t', 1],
        ]),
      }),
      ['arm', 'x'],
      rows,
    )
    expect(planned.sampleRatio.alarm).toBe(false)
    expect(planned.results[0]!.status).toBe('better')
    expect(
      analysed(
        ask(['x:mean'], {
          weights: new Map([
            ['c', 2],
            ['t', 1],
          ]),
          lessIsBetter: new Set(['x']),
        }),
        ['arm', 'x'],
        rows,
      ).results[0]!.status,
    ).toBe('worse')
  })
})
