import { describe, expect, it } from 'vitest'
import { COLOURS } from '../../src/reports/paint.ts'
import { reportOf } from '../../src/reports/report.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { MOMENTS, planned, SOURCE } from './sample.ts'

/** Its numbers were checked against scipy 1.17: Welch's t on the sums, Fieller with its critical value, the delta method, chisquare. */
const PAGE = `home-policy · Popularity against hybrid
Shoppers who see what suits them buy more.
running on surface home · epoch 1 from 2026-11-01 08:00 UTC
plan: 9,900 shoppers in each of 2 arms, 95 % confidence
as of 2026-11-20 10:00 UTC · log read up to transaction 7214113, 2026-11-20 09:59 UTC

VERDICT  BETTER
  “hybrid” is better than “popularity” on “conversion”: 5.65 % against 4.88 %, a lift of +15.8 %
  (+3.0 to +30.4) at 95 % confidence.
  Of the other metrics: it is better on “ctr”; no difference is shown on “net-revenue”.
  Net money per shopper: +0.40 EUR (-0.10 to +0.90) at 95 % confidence.

TRUST
  ok     sample ratio: “popularity” has 10,040 shoppers where 10,000 were due (p = 0.572, alarm
         below 0.001)
  ok     one arm each: 0 of 20,000 shoppers seen in two arms and left out (0.0 %, alarm above 0.1 %)
  ok     books: 60,700 exposures in the arms, 60,700 recounted in the log

METRIC conversion  primary · proportion · more is better · within 7 days of the first exposure
              shoppers   value  0                                                  +1.39 pp
  popularity    10,040  4.88 %  ┊                                                            control
  hybrid         9,960  5.65 %  ┊     ├─────────────────────────●─────────────────────────┤  better

  against popularity  difference (95 % interval)  lift (95 % interval)         p
  hybrid              +0.77 pp (+0.15 to +1.39)   +15.8 % (+3.0 to +30.4)  0.015
  alternate, for looking at any time: +0.77 pp (-0.19 to +1.73), p = 0.212

METRIC ctr  ratio · more is better · within 7 days of the first exposure
              shoppers    value  0                                                 +2.03 pp
  popularity    10,040  31.23 %  ┊                                                           control
  hybrid         9,960  32.44 %  ┊          ├──────────────────────●──────────────────────┤  better

  against popularity  difference (95 % interval)  lift (95 % interval)       p  corrected
  hybrid              +1.21 pp (+0.39 to +2.03)   +3.9 % (+1.2 to +6.6)  0.004      0.008
  alternate, for looking at any time: +1.21 pp (-0.06 to +2.48), p = 0.072

METRIC net-revenue  mean · more is better · within 14 days of the first exposure
              shoppers     value  -0.10 EUR                           +0.90 EUR
  popularity    10,040  2.44 EUR      ┊                                          control
  hybrid         9,960  2.84 EUR  ├───┼─────────────────●─────────────────────┤  no difference shown

  against popularity  difference (95 % interval)  lift (95 % interval)         p  corrected
  hybrid              +0.40 EUR (-0.10 to +0.90)  +16.4 % (-3.8 to +41.3)  0.117      0.117
  alternate, for looking at any time: +0.40 EUR (-0.38 to +1.18), p = 1.000

MONEY in EUR  within 14 days of the first exposure
              shoppers  paid      gross   returned        net  net a shopper
  popularity    10,040   490  26,500.00  -2,000.00  24,500.00       2.44 EUR
  hybrid         9,960   563  30,800.00  -2,500.00  28,300.00       2.84 EUR

  against popularity  difference (95 % interval)  lift (95 % interval)         p
  hybrid              +0.40 EUR (-0.10 to +0.90)  +16.4 % (-3.8 to +41.3)  0.117
  alternate, for looking at any time: +0.40 EUR (-0.38 to +1.18), p = 1.000

BOOKS
  exposures   in the arms  in the log  fallback    share  while an arm was off
  popularity       30,500      30,500        12  0.039 %                     0
  hybrid           30,200      30,200       410    1.4 %                     0
  Σ                60,700      60,700
  Σ arms 60,700, exposures of the log 60,700: equal in every arm

NOTES
  - The planned sample is reached: decide on this look. Looking again until something shows finds
    winners that are none.
  - “conversion” and “ctr”: the window of 7 days is still open for 10,000 of 20,000 shoppers, in all
    arms alike; what they do later will be added.
  - “net-revenue”: the window of 14 days is still open for 10,000 of 20,000 shoppers, in all arms
    alike; what they do later will be added.
  - 1.4 % of the slates of “hybrid” came from another policy. They count for “hybrid”, so its true
    difference may be larger.
  - “conversion” decides. The other metrics are there to understand it; their 2 tests are corrected
    together.
  - “net-revenue” has no cap, so a few large orders can move it; the moments cannot tell whether
    there are enough shoppers for that.
`

describe('the report as a page of text', () => {
  it('is what a product owner reads', () => {
    expect(reportText(reportOf(planned(9_900)))).toBe(PAGE)
  })

  it('says the same in colours', () => {
    const coloured = reportText(reportOf(planned(9_900)), COLOURS)
    expect(coloured).toContain('\u001b[32mBETTER\u001b[0m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(PAGE)
  })

  it('labels the numbers before the plan as not for stopping', () => {
    const page = reportText(reportOf(planned(11_200)))
    expect(page).toContain('VERDICT  NOT YET\n  Not yet: arm “hybrid” has 9,960 of 11,200 shoppers and needs 1,240 more shoppers')
    expect(page.match(/not for stopping: the planned sample is not reached/g)).toHaveLength(3)
  })

  it('says what must not be used, and why, when a check blocks the verdict', () => {
    const recount = { exposures: MOMENTS.recount.exposures.map(({ armId, n }) => ({ armId, n: n + 1n })) }
    const page = reportText(reportOf({ ...planned(9_900), moments: { ...MOMENTS, recount } }))
    expect(page).toContain('VERDICT  DO NOT TRUST')
    expect(page).toContain('ALARM  books: 60,700 exposures in the arms, 60,702 recounted in the log')
    expect(page).toContain('not to be used: the books do not balance')
    expect(page).toContain('Σ arms 60,700, exposures of the log 60,702: NOT equal')
  })

  it('gives the reason under the table for what is unknown', () => {
    const page = reportText(reportOf({ ...SOURCE, moments: { ...MOMENTS, arms: MOMENTS.arms.slice(0, 1), money: [] } }))
    expect(page).toContain('“hybrid”: difference unknown, because an arm has too few units')
    expect(page).toContain('  hybrid              unknown')
  })

  it('keeps what people typed from steering the terminal', () => {
    const name = 'safe\u001b]0;title\u0007\nVERDICT  BETTER'
    const [first] = reportText(reportOf({ ...SOURCE, experiment: { ...SOURCE.experiment, name } })).split('\n')
    expect(first).toBe('home-policy · safe ]0;title VERDICT BETTER')
  })
})
