/**
 * Checks what would have been learned of chances, on a week that came later.
 *
 *     ├──────── learned from ────────┤├─ week: calibration ─┤├─ week: model and calibration are held against what was bought ─┤
 *
 * The calibration is the one that a training at the end of the first week would have made, the model that of the same moment: as it serves. From
 * the log of a service, chances of what was shown; from a file, which tells nothing of what was shown, chances of everything ("wanted").
 * Beside them the chances that settings alone give: 2 % times the score beside the best.
 */
import { looksOf } from '../policies/attention.ts'
import { type Calibrated, chanceOf } from '../policies/calibration.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Places } from '../policies/learn-calibration.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { type Reliability, reliabilityOf } from '../stats/reliability.ts'
import { calibrating, isFair, placesOf, QUESTIONS_MAX, rankersOf } from './calibrating.ts'
import { heldOutOf, partBefore } from './held-out.ts'
import type { LogReading } from './read-log.ts'
import { WINDOW_SECONDS } from './read-shown.ts'
import { type BuyingQuestions, shownQuestionsOf } from './shown-questions.ts'
import { twinsOf } from './twins.ts'

export interface CheckedChances {
  readonly policy: string
  readonly calibration: Calibrated
  /** Of the learned chances, and of those by settings; unknown without a calibration, or without anybody to ask in the later week. */
  readonly learned: Reliability | Unknown
  readonly settings: Reliability | Unknown
}

/** What settings say where nobody has changed them. */
const PURCHASE_RATE = 0.02

type Told = (policy: string) => void

/** Checks the wanted ones that learn. `policies` are all definitions. */
export function checkChances(
  reading: LogReading,
  { policies, wanted }: { readonly policies: readonly PolicyDefinition[]; readonly wanted: readonly PolicyDefinition[] },
  told: Told,
): readonly CheckedChances[] {
  const newest = Math.min(reading.data.now, reading.data.seconds.at(-1) ?? 0)
  const part = partBefore(reading, newest - WINDOW_SECONDS)
  if (!part) return wanted.map(({ key }) => nothingOf(key, unknown('too-few-units', { have: 0, need: 1 })))
  const bodies = twinsOf(() => undefined)
  const early = { ...reading, data: part.before }
  const ask = reading.shown ? shownQuestionsOf : wantedQuestionsOf
  const calibrated = calibrating({ reading: early, bodies, policies, live: new Map(), ask })
  const asked = ask(reading, newest - WINDOW_SECONDS, QUESTIONS_MAX)
  const rankers = rankersOf({ catalogue: reading.catalogue, policies, bodies })
  return wanted.map((policy) => {
    told(policy.key)
    const calibration = calibrated(policy)
    if (isUnknown(calibration)) return nothingOf(policy.key, calibration)
    if (isUnknown(asked)) return { ...nothingOf(policy.key, asked), calibration }
    const places = placesOf(rankers(policy, asked.before)!, { questions: asked.questions, counts: isFair(policy, policies) })
    const held = (chance: (row: number) => number) => reliabilityOf(seenBy(places, calibration.fading, chance), places.bought)
    return {
      ...{ policy: policy.key, calibration },
      learned: held((row) => chanceOf(calibration, { rank: places.ranks[row]!, score: places.scores[row]!, best: places.bests[row]! })),
      settings: held((row) => (PURCHASE_RATE * places.scores[row]!) / places.bests[row]!),
    }
  })
}

/** Chances of the first place, by how an item was really looked at. */
function seenBy(places: Places, fading: number, chance: (row: number) => number): Float64Array {
  return looksOf(places, fading).map((looks, row) => Math.min(1, looks * chance(row)))
}

function nothingOf(policy: string, because: Unknown): CheckedChances {
  return { policy, calibration: because, learned: because, settings: because }
}

/** Of a log that does not tell what was shown: everything counts, and each item as shown once. */
export function wantedQuestionsOf(reading: LogReading, after: number, questionsMax: number): BuyingQuestions | Unknown {
  const out = heldOutOf(reading, after, questionsMax)
  if (isUnknown(out)) return out
  return { before: out.before, questions: out.questions.map(({ request, bought }) => ({ request, bought, shown: null })) }
}

/** Pseudonyms for a log that numbers its shoppers. */
export function numberedKeys(units: number): Uint8Array {
  const keys = new Uint8Array(16 * units)
  for (let unit = 0; unit < units; unit++) new DataView(keys.buffer).setUint32(16 * unit, unit)
  return keys
}
