/**
 * The evaluation: every policy learns from the past, is asked about every shopper of the test period, and is compared with a baseline.
 *
 *     log ─▶ split ─▶ train once ─▶ by protocol: open, ask, measure shopper by shopper ─▶ means, bootstrap intervals, paired tests
 *
 * The main numbers are about known shoppers (an order before the split): of a stranger a personal policy says nothing and the fallback
 * ladder serves, which is not what is being compared. Strangers are the segment `cold`. The same log and seed give the same numbers.
 */
import type { Catalogue } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Ranker, TrainingData } from '../policies/policy.ts'
import { randomOf } from '../stats/random.ts'
import type { Evaluation } from './evaluation-shape.ts'
import { itemFactsOf } from './item-facts.ts'
import { openPolicies, type PolicyProgress, trainPolicies, withNeeded } from './opened-policies.ts'
import { askerOf, PROTOCOLS, type ProtocolName, type Question, questionsOf } from './protocol.ts'
import { type Answers, protocolResult } from './protocol-result.ts'
import { DEEPEST_CUT, rankingMetrics } from './ranking-metrics.ts'
import { type Split, type SplitOptions, splitOf } from './split.ts'

export interface EvaluationOptions extends SplitOptions {
  readonly catalogue: Catalogue
  /** All definitions; `wanted` are the keys that are reported, in their order. */
  readonly defined: readonly PolicyDefinition[]
  readonly wanted: readonly string[]
  /** Key among `wanted` that the others are compared with. */
  readonly baseline: string
  /** Places of a slate for the metrics beyond accuracy, at most DEEPEST_CUT. */
  readonly size: number
  readonly replicates: number
  readonly level: number
  readonly seed: number
  readonly progress: (phase: string, done: number) => void
}

/** Runs the whole evaluation. Throws a sentence when there is nothing to learn from or nobody to ask about. */
export function evaluate(data: TrainingData, options: EvaluationOptions): Evaluation {
  const { catalogue, defined, wanted, baseline, size, level, replicates, seed, progress } = options
  const split = splitOf(data, catalogue, options)
  if (split.training.items.length === 0) throw new Error('There is nothing to learn from before the split.')
  if (split.shoppers.length === 0) throw new Error('Nobody bought anything sellable in the test period.')
  const ordered = [baseline, ...wanted.filter((key) => key !== baseline)]
  const told: PolicyProgress = (policy, done) => progress(`learning ${policy}`, done)
  const trained = trainPolicies(withNeeded(ordered, defined), split.training, told)
  const facts = itemFactsOf(split, catalogue)
  const protocols = PROTOCOLS.map((name) => {
    const rankers = openPolicies(trained, { catalogue, repeat: name !== 'new-items' })
    const questions = questionsOf(name, split, randomOf(seed))
    const asked = ordered.map((key) =>
      askAll(rankers.get(key)!, { name, split, questions, seed }, (done) => progress(`asking ${key}`, done)),
    )
    return protocolResult(name, { questions, asked, facts, ...{ size, level, replicates, seed, progress } })
  })
  return {
    split: {
      at: split.at,
      until: split.until,
      leastShoppers: split.leastShoppers,
      trainingRows: split.training.items.length,
      trainedShoppers: split.trainedShoppers,
      sellableItems: split.sellableCount,
    },
    ...{ baseline, size, level, replicates, seed, protocols },
  }
}

interface Examination {
  readonly name: ProtocolName
  readonly split: Split
  readonly questions: readonly Question[]
  readonly seed: number
}

const QUESTIONS_A_REPORT = 128

function askAll(ranker: Ranker, { name, split, questions, seed }: Examination, progress: (done: number) => void): Answers {
  const ask = askerOf(name, split, randomOf(seed))
  const slates = questions.map((question, i) => {
    if (i % QUESTIONS_A_REPORT === 0) progress(i / questions.length)
    return ranker.rank(ask(question, DEEPEST_CUT)).items
  })
  return { ranker, slates, values: slates.map((slate, i) => rankingMetrics(slate, questions[i]!.bought)) }
}
