/**
 * The gate: whether a new model may take the place of the live one.
 *
 *     d = NDCG@10 of the new one − NDCG@10 of the live one, question by question
 *     refused when d̄ < −margin·(live one's mean) and the 95 % interval of d̄ lies below 0
 *
 * Asked twice: of a model that was trained without the held-out part, which is a fair contest; and of the model to be published, which has
 * seen the answers and has no excuse for being worse (that finds what went wrong in the newest rows). A model is refused, too, when the
 * items it shows are less than half of what the live one shows. Without questions enough it passes, and the note says that it was not compared.
 */
import { pairedTest } from '../evaluation/paired.ts'
import { RANKING_METRICS, rankingMetrics } from '../evaluation/ranking-metrics.ts'
import type { Ranker } from '../policies/policy.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { Question } from './held-out.ts'

/** Part of the live model's NDCG that may be lost. */
export const MARGIN = 0.1
const LEVEL = 0.95
/** Part of the live model's coverage that must be kept. */
export const COVERAGE_PART = 0.5

/** By question, in one order. */
export interface Marks {
  readonly ndcg: Float64Array
  readonly hits: Float64Array
}

export interface Contest {
  readonly questions: number
  readonly ndcg: { readonly model: number; readonly live: number }
  readonly hitRate: { readonly model: number; readonly live: number }
  /** Of NDCG, per question, with a 95 % interval; null where all questions differ by the same. */
  readonly difference: { readonly estimate: number; readonly low: number; readonly high: number } | null
}

export type GateNote =
  | { readonly kind: 'first' }
  | { readonly kind: 'same-model'; readonly against: string }
  | { readonly kind: 'not-compared'; readonly against: string; readonly because: Unknown }
  | {
      readonly kind: 'compared'
      readonly against: string
      /** Of the model that was trained without the held-out part. */
      readonly heldOut: Contest
      /** Of the model itself, which has seen the answers. */
      readonly seen: Contest
      readonly coverage: { readonly model: number; readonly live: number }
    }

const NDCG = RANKING_METRICS.indexOf('ndcg@10')
const HIT = RANKING_METRICS.indexOf('hr@10')

/** Asks a ranker all questions. */
export function marksOf(ranker: Ranker, questions: readonly Question[]): Marks {
  const ndcg = new Float64Array(questions.length)
  const hits = new Float64Array(questions.length)
  questions.forEach(({ request, wanted }, i) => {
    const metrics = rankingMetrics(ranker.rank(request).items, wanted)
    ndcg[i] = metrics[NDCG]!
    hits[i] = metrics[HIT]!
  })
  return { ndcg, hits }
}

/** The contest of two that answered the same questions. */
export function contestOf(model: Marks, live: Marks): Contest {
  const test = pairedTest(model.ndcg, live.ndcg, LEVEL)
  return {
    questions: model.ndcg.length,
    ndcg: { model: meanOf(model.ndcg), live: meanOf(live.ndcg) },
    hitRate: { model: meanOf(model.hits), live: meanOf(live.hits) },
    difference: isUnknown(test) ? null : { estimate: test.estimate, low: test.interval.low, high: test.interval.high },
  }
}

/** Why a model must not take the place of the live one, in plain sentences; none when it may. */
export function reasonsAgainst(note: GateNote): readonly string[] {
  if (note.kind !== 'compared') return []
  const { heldOut, seen, coverage } = note
  const reasons: string[] = []
  if (hasFallen(heldOut)) reasons.push(`On ${asked(heldOut)} that neither had seen, ${fall(heldOut)}.`)
  if (hasFallen(seen)) reasons.push(`On ${asked(seen)} that it had seen and the live model had not, ${fall(seen)}.`)
  if (coverage.model < COVERAGE_PART * coverage.live)
    reasons.push(`It shows ${percent(coverage.model)} of the catalogue, the live model ${percent(coverage.live)}.`)
  return reasons
}

/** By more than the margin, and not by chance; a difference without spread is none of chance. */
function hasFallen({ ndcg, difference }: Contest): boolean {
  return ndcg.model - ndcg.live < -MARGIN * ndcg.live && (difference === null || difference.high < 0)
}

const asked = ({ questions }: Contest) => `${questions} questions`
const fall = ({ ndcg }: Contest) => `NDCG@10 is ${ndcg.model.toFixed(4)} against ${ndcg.live.toFixed(4)} of the live model`
const percent = (part: number) => `${(100 * part).toFixed(1)} %`

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
