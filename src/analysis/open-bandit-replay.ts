/**
 * The second reading of a log: what it says about a policy that did not make it.
 *
 *     w = π(item, position)/propensity      ĝ(position) = Σ_item π(item, position)·m̂(item)      m̂ = (clicks + ½)/(shown + 100)
 *
 * The model is that of published figures on this data set: one click rate an item, the same at every position. Its own error by chance
 * comes from how often each item was shown against how often the new policy would show it.
 */
import { type ArmModel, armModel } from '../bandits/off-policy-model.ts'
import { type OffPolicyMoments, openOffPolicyFold } from '../bandits/off-policy-moments.ts'
import { openFaults } from './faults.ts'
import { type ItemPolicy, tableOfPolicy } from './open-bandit-policy.ts'
import { openBanditReader } from './open-bandit-row.ts'
import type { Survey } from './open-bandit-survey.ts'

/** Half a click in a hundred views. */
const PRIOR = { reward: 0.5, rows: 100 }

export interface ReplayQuestion {
  readonly policy: ItemPolicy
  /** Items that the policy chooses from; at least as many as were seen. */
  readonly items: number
  /** 1: the model is fitted in sample. */
  readonly folds: number
  readonly switchAt: number
}

export interface Replay {
  row(cells: readonly string[], line: number): void
  broken(reason: string, line: number): void
  /** Throws a sentence when this reading saw other rows than the first one. */
  finish(): OffPolicyMoments
}

/** Opens the second reading. */
export function openReplay(
  header: readonly string[],
  { question, survey, commaAllowed }: { readonly question: ReplayQuestion; readonly survey: Survey; readonly commaAllowed: boolean },
): Replay {
  const { policy, items, folds, switchAt } = question
  const faults = openFaults()
  const reader = openBanditReader(header, { faults, commaAllowed })
  const target = tableOfPolicy(policy, { items, positions: survey.shown.length })
  const model = armModel(survey.clicks, { arms: items, prior: PRIOR })
  const expected = expectedValues(target, { model, folds, items })
  const sway = swayOf(target, { model, survey, items })
  const unsupported = target.map((probabilities) => neverShown(probabilities, model))
  const fold = openOffPolicyFold({ arms: items, switchAt })
  let rows = 0

  return {
    row(cells, line) {
      if (!reader.read(cells, line) || rows === survey.rows) throw changed()
      const { item, position, click, propensity } = reader.row
      const told = rows % folds
      const probability = target[position]?.[item]
      if (probability === undefined) throw changed()
      const prediction = model.predict(item, told)
      const missing = unsupported[position]!
      fold.add([
        {
          weight: probability / propensity,
          reward: click,
          prediction,
          modelValue: expected[told]![position]!,
          modelError: sway[item]! * (click - prediction),
          ...(missing ? { unsupported: missing } : {}),
        },
      ])
      rows++
    },
    broken() {
      throw changed()
    },
    finish() {
      if (rows !== survey.rows) throw changed()
      return fold.moments()
    },
  }
}

function changed(): Error {
  return new Error('The file changed while it was read.')
}

/** ĝ by fold, then by position. */
function expectedValues(
  target: readonly Float64Array[],
  { model, folds, items }: { readonly model: ArmModel; readonly folds: number; readonly items: number },
): readonly (readonly number[])[] {
  const expected = (probabilities: Float64Array, fold: number): number => {
    let value = 0
    for (let item = 0; item < items; item++) value += probabilities[item]! * model.predict(item, fold)
    return value
  }
  return Array.from({ length: folds }, (_, fold) => target.map((probabilities) => expected(probabilities, fold)))
}

/** How often the new policy would show each item against how often the log did: n·π̄(item)/(shown + 100). */
function swayOf(
  target: readonly Float64Array[],
  { model, survey, items }: { readonly model: ArmModel; readonly survey: Survey; readonly items: number },
): readonly number[] {
  const rowsAt = survey.shown.map((counts) => counts.reduce((sum, count) => sum + count, 0))
  return Array.from({ length: items }, (_, item) => {
    const wanted = target.reduce((sum, probabilities, position) => sum + rowsAt[position]! * probabilities[item]!, 0)
    return wanted * model.sway(item)
  })
}

/** What the policy gives to items that the log never showed anywhere; null when that is nothing. */
function neverShown(probabilities: Float64Array, model: ArmModel): readonly number[] | null {
  const missing = [...probabilities].map((probability, item) => (model.count(item) === 0 ? probability : 0))
  return missing.some((probability) => probability > 0) ? missing : null
}
