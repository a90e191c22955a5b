/** What the figures show: exact curves where there are some, simulated points on them, and bars of measured error rates. */
import { mixtureCritical, tunedRatio } from '../src/stats/always-valid-mixture.ts'
import { compareProportions } from '../src/stats/compare-proportions.ts'
import { drawBinomial, drawNormal } from '../src/stats/draws.ts'
import { isUnknown } from '../src/stats/estimate.ts'
import { spendingBounds } from '../src/stats/group-sequential-bounds.ts'
import { exitProbabilities, type Look } from '../src/stats/group-sequential-walk.ts'
import { randomOf } from '../src/stats/random.ts'
import { barFigure, COLOURS, histogramFigure, lineFigure } from './figures.ts'
import { type Finding, tally } from './statement.ts'

const LOOKS = [1, 2, 5, 10, 20, 50, 100]
const BINS = 20

export interface Drawing {
  readonly file: string
  readonly caption: string
  readonly svg: string
}

/** All drawings; bars are taken from the findings. */
export function drawingsOf(
  findings: readonly Finding[],
  { seed, runs }: { readonly seed: number; readonly runs: number },
): readonly Drawing[] {
  return [
    {
      file: 'looks.svg',
      caption: 'How often an experiment without an effect is called at some look. Lines by the exact recursion, dots simulated.',
      svg: lineFigure(
        'False alarms by number of looks',
        [
          curve('fixed test, 1.96', COLOURS.bad, (looks) => symmetric(looks, () => 1.959963984540054), { seed, runs }),
          curve(
            'group-sequential',
            COLOURS.calm,
            (looks) => spendingBounds(fractions(looks), { spending: { kind: 'obrien-fleming' }, level: 0.95 }),
            { seed, runs },
          ),
          curve(
            'always valid',
            COLOURS.good,
            (looks) => symmetric(looks, (t) => mixtureCritical({ ratio: tunedRatio(0.95) * t, level: 0.95 })),
            { seed, runs },
          ),
        ],
        { x: 'looks at equal steps', ticks: LOOKS, most: 0.4 },
      ),
    },
    {
      file: 'bandit.svg',
      caption: 'Thompson sampling without an effect while the base rate drifts: how often each method claims one.',
      svg: barFigure('False alarms from bandit traffic, drifting base rate', bars(findings, 'C10'), 0.05),
    },
    {
      file: 'p-values.svg',
      caption: 'p-values of experiments without an effect are spread evenly (dashed), as they have to be.',
      svg: histogramFigure('p-values without an effect: conversion of 5 %, 5,000 an arm', pValues(seed, runs), 'p-value'),
    },
  ]
}

function fractions(looks: number): readonly number[] {
  return Array.from({ length: looks }, (_, k) => (k + 1) / looks)
}

function symmetric(looks: number, bound: (fraction: number) => number): readonly Look[] {
  return fractions(looks).map((fraction) => ({ fraction, lower: -bound(fraction), upper: bound(fraction) }))
}

function curve(
  label: string,
  colour: string,
  design: (looks: number) => readonly Look[],
  { seed, runs }: { readonly seed: number; readonly runs: number },
) {
  const points = LOOKS.map(
    (looks) => [looks, exitProbabilities(design(looks), 0).reduce((sum, exit) => sum + exit.lower + exit.upper, 0)] as const,
  )
  const random = randomOf(seed)
  const dots = [5, 20, 100].map((looks) => {
    const bounds = design(looks)
    const hits = tally(runs, (hit) => {
      let path = 0
      hit(
        'called',
        bounds.some(({ fraction, upper }) => {
          path += drawNormal(random) / Math.sqrt(looks)
          return Math.abs(path) >= upper * Math.sqrt(fraction)
        }),
      )
    })
    return [looks, hits.get('called')! / runs] as const
  })
  return { label, colour, points, dots }
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/augmented/, 'augmented scores'],
  [/plain inverse/, 'inverse propensities'],
  [/Hájek/, 'Hájek means'],
  [/least squares/, 'batched least squares'],
  [/pooled/, 'pooled comparison (naive)'],
]

function bars(findings: readonly Finding[], study: string) {
  return findings.flatMap((finding) => {
    const name = NAMES.find(([pattern]) => pattern.test(finding.what))?.[1]
    if (finding.study !== study || !('runs' in finding) || !name) return []
    return [{ label: name, value: finding.hits / finding.runs, colour: finding.control ? COLOURS.bad : COLOURS.good }]
  })
}

function pValues(seed: number, runs: number): readonly number[] {
  const random = randomOf(seed)
  const counts = new Array<number>(BINS).fill(0)
  for (let run = 0; run < runs; run++) {
    const arm = () => ({ n: 5000, events: drawBinomial(random, { trials: 5000, probability: 0.05 }) })
    const comparison = compareProportions({ control: arm(), treatment: arm() }, { level: 0.95 })
    if (!isUnknown(comparison)) counts[Math.min(BINS - 1, Math.floor(comparison.difference.pValue * BINS))]!++
  }
  return counts.map((count) => count / runs)
}
