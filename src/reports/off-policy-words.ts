/** Why a log cannot say what another policy is worth, and what to do about it, in plain words. */
import type { Refusal } from '../bandits/off-policy-overlap.ts'
import { countOf, countWords, shareWords } from './number-words.ts'

export interface RefusalWords {
  readonly because: string
  readonly remedy: string
}

/** What things are called where the words are read. */
export interface Nouns {
  /** One of what was chosen: "decision", "row". */
  readonly decision: string
  /** A reward other than 0: "click", "purchase". */
  readonly event: string
  readonly arm: (arm: number) => string
}

const ARMS_NAMED = 5

/** One sentence for the reason, one for the remedy. */
export function refusalWords(refusal: Refusal, nouns: Nouns): RefusalWords {
  switch (refusal.kind) {
    case 'few-effective-decisions':
      return {
        because: `The log is worth ${countOf(Math.floor(refusal.have), nouns.decision)} of the new policy, and ${countWords(Math.ceil(refusal.need))} are needed.`,
        remedy: fewRemedy(refusal, nouns),
      }
    case 'few-effective-events':
      return {
        because: `The value would hang on about ${countOf(Math.floor(refusal.have), nouns.event)}, and ${countWords(refusal.need)} are needed.`,
        remedy:
          refusal.more === null
            ? `Wait for the first ${nouns.event} that the new policy could have had.`
            : `Collect about ${countOf(refusal.more, nouns.decision)} more.`,
      }
    case 'one-decision-dominates':
      return {
        because: `One ${nouns.decision} carries ${shareWords(refusal.share)} of all weight.`,
        remedy: `Look at that ${nouns.decision}'s propensity: if it is right, the log needs a floor under every arm.`,
      }
    case 'mean-weight-off':
      return {
        because: `The mean weight is ${refusal.mean.toFixed(3)} and should be 1, ${offWords(refusal)}.`,
        remedy: 'Check that propensities were logged as they were drawn with, floor and masks included, and that no rows are missing.',
      }
    case 'arms-without-support':
      return {
        because: `The new policy plays ${armWords(refusal.arms, nouns)} in ${shareWords(refusal.share)} of its choices, which the log never played there.`,
        remedy: 'Leave them out of the new policy, or give them a share of the traffic first.',
      }
  }
}

function fewRemedy({ more, floor }: Extract<Refusal, { kind: 'few-effective-decisions' }>, { decision }: Nouns): string {
  const ways = [
    ...(more === null ? [] : [`collect about ${countOf(more, decision)} more`]),
    ...(floor === null ? [] : [`raise the floor to ${shareWords(floor)} of the traffic, shared by all arms`]),
  ]
  const sentence = ways.length > 0 ? ways.join(', or ') : 'ask about a policy that is closer to the one that was logged'
  return `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`
}

function offWords({ mean, standardError }: Extract<Refusal, { kind: 'mean-weight-off' }>): string {
  if (standardError === 0) return 'with no chance in it'
  return `${(Math.abs(mean - 1) / standardError).toFixed(1)} standard errors away`
}

function armWords(arms: Extract<Refusal, { kind: 'arms-without-support' }>['arms'], { arm }: Nouns): string {
  const named = arms.slice(0, ARMS_NAMED).map((one) => arm(one.arm))
  const more = arms.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${countWords(more)} more` : '')
}
