/**
 * Segments: does the effect differ between groups of units, and what is believable about each?
 *
 * The raw effect of the best of ten segments is mostly luck. Every segment is therefore shown shrunk towards the others, by as much as the
 * scatter between segments is explained by chance, and Cochran's test says whether there is evidence that segments differ at all.
 * @see DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2
 */
import { type Effect, isUnknown, type Unknown, unknown } from './estimate.ts'
import { type Agreement, agreementOf } from './inverse-variance.ts'
import { type Population, populationByMoments, shrink } from './random-effects.ts'

const DIFFER_BELOW = 0.05

export interface Segments {
  readonly kind: 'segments'
  /** In the order given: the effect to show, or why there is none. */
  readonly shrunk: readonly (Effect | Unknown)[]
  readonly population: Population
  readonly agreement: Agreement
  /** Evidence, at 5 %, that the effect differs between segments. */
  readonly differ: boolean
}

/** Shrinks the effects of disjoint segments; needs two that are known. */
export function segmentsOf(effects: readonly (Effect | Unknown)[]): Segments | Unknown {
  const known = effects.filter((effect): effect is Effect => !isUnknown(effect))
  if (known.length < 2) return unknown('too-few-segments', { have: known.length, need: 2 })
  const agreement = agreementOf(known)
  if (isUnknown(agreement)) return agreement
  const population = populationByMoments(known)
  return {
    kind: 'segments',
    shrunk: effects.map((effect) => (isUnknown(effect) ? effect : shrink(effect, population))),
    population,
    agreement,
    differ: agreement.pValue < DIFFER_BELOW,
  }
}
