/**
 * Holds new models against the live ones: opens both, trains a twin of the new one without the held-out part, and lets all answer.
 *
 * Combinations are opened over parts of their own side: live over live ones, twins over twins.
 */
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Ranker, RankRequest } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { contestOf, type GateNote, marksOf } from './gate.ts'
import { type HeldOut, heldOutOf } from './held-out.ts'
import type { LiveModel } from './live-models.ts'
import type { LogReading } from './read-log.ts'
import { selfTest } from './self-test.ts'
import type { Twins } from './twins.ts'

export interface Sides {
  readonly reading: LogReading
  readonly bodies: Twins
  /** Those of the self-test. */
  readonly requests: readonly RankRequest[]
  readonly live: ReadonlyMap<string, LiveModel>
}

export interface Candidate {
  readonly version: string
  readonly ranker: Ranker
  readonly coverage: number
}

export interface AgainstLive {
  /** The live model of a policy that is not trained now, for those that need it; null when there is none, or none that opens. */
  asItServes(policy: PolicyDefinition): Ranker | null
  /** What came of the comparison. Parts have to come before what combines them. */
  gate(policy: PolicyDefinition, candidate: Candidate): GateNote
}

/** One for every training. The held-out part begins after all that any live model can have seen. */
export function againstLive({ reading, bodies, requests, live }: Sides): AgainstLive {
  const { catalogue } = reading
  const liveRankers = new Map<string, Ranker>()
  const twins = new Map<string, Ranker>()
  let made: ReturnType<typeof heldOutOf> | undefined
  const heldOut = () => {
    made ??= heldOutOf(reading, Math.max(...[...live.values()].map(({ until }) => until)))
    return made
  }

  const open = ({ key, kind, parameters }: PolicyDefinition): Ranker | null => {
    const model = live.get(key)
    if (!model) return null
    try {
      const around = { catalogue, ranker: (other: string) => liveRankers.get(other) }
      const ranker = kinds[kind]!.open(key, model, model.parameters ?? parameters, around)
      liveRankers.set(key, ranker)
      return ranker
    } catch {
      // Of another kind, or of a release whose models are not read any more: there is nothing to hold the new one against.
      return null
    }
  }

  const twinOf = (policy: PolicyDefinition, { before }: HeldOut): Ranker => {
    const { key, kind, parameters } = policy
    const body = { bytes: bodies.bytesOf(policy, before, 'comparing'), version: 'twin' }
    const twin = kinds[kind]!.open(key, body, parameters, { catalogue, ranker: (other) => twins.get(other) })
    twins.set(key, twin)
    return twin
  }

  return {
    asItServes(policy) {
      const serving = open(policy)
      if (serving) twins.set(policy.key, serving)
      return serving
    },
    gate(policy, { version, ranker, coverage }) {
      const against = live.get(policy.key)?.version
      if (live.size === 0) return { kind: 'first' }
      const serving = open(policy)
      const out = heldOut()
      // Combinations need the twin also where there is nothing to compare.
      const twin = isUnknown(out) ? null : twinOf(policy, out)
      if (against === undefined) return { kind: 'first' }
      if (version === against) return { kind: 'same-model', against }
      if (isUnknown(out) || !twin) return { kind: 'not-compared', against, because: out as Unknown }
      if (!serving) return { kind: 'not-compared', against, because: unknown('no-information') }
      const liveMarks = marksOf(serving, out.questions)
      return {
        kind: 'compared',
        against,
        heldOut: contestOf(marksOf(twin, out.questions), liveMarks),
        seen: contestOf(marksOf(ranker, out.questions), liveMarks),
        coverage: { model: coverage, live: selfTest(serving, requests, catalogue).coverage },
      }
    },
  }
}
