/** Why there is no number, in plain words. The compiler asks for a sentence for every reason. */
import type { Reason } from '../stats/estimate.ts'
import type { Comparison } from './report-shape.ts'

const WORDS: Readonly<Record<Reason | NonNullable<Comparison['because']>, string>> = {
  'too-few-units': 'an arm has too few units',
  'too-few-events': 'too little has happened',
  'too-few-arms': 'there are too few arms',
  'too-few-experiments': 'there are too few experiments',
  'too-few-segments': 'there are too few segments',
  'no-events': 'nothing has happened yet, or to everyone alike',
  'no-variance': 'all units have the same value',
  'no-information': 'the data carry no information on it',
  'no-overlap': 'the arms have nothing in common to compare',
  'control-mean-zero': 'the control is at zero, so nothing can be relative to it',
  'baseline-not-established': 'the control is too close to zero for its noise',
  'denominator-not-established': 'what is divided by is too close to zero for its noise',
  'mean-not-positive': 'a mean is not positive',
  'zero-weights': 'no arm has a share',
  singular: 'the data do not determine it',
  'not-converged': 'the computation did not settle',
  'propensity-too-small': 'an arm was chosen too rarely',
  'horizon-not-reached': 'it is too early',
  'outside-range': 'it lies outside the possible range',
  'sample-ratio-mismatch': 'the arms do not have their shares of the units',
  'exposures-do-not-add-up': 'the books do not balance',
}

export function reasonWords(because: NonNullable<Comparison['because']>): string {
  return WORDS[because]
}
