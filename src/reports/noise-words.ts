/**
 * Noise in words: what is left of a standard error when covariates took a share v of the variance away.
 *
 *     noise reduced by 1 − √(1 − v)      as many units as 1/(1 − v) times these would have done without
 */
import { factorWords, shareWords } from './number-words.ts'

/** Below this share nobody would notice. */
const NOTICED = 0.005
/** A past that tells everything is worth any number of units. */
const FACTOR_MOST = 1000

/** "noise reduced by 23 %", of several comparisons "noise reduced by 21.0 to 23.0 %". */
export function noiseWords(varianceReductions: readonly number[]): string {
  const noise = varianceReductions.map(noiseReductionOf)
  const most = Math.max(...noise)
  if (most < NOTICED) return 'noise not reduced'
  const [low, high] = [shareWords(Math.max(0, Math.min(...noise))), shareWords(most)]
  return low === high ? `noise reduced by ${high}` : `noise reduced by ${low.replace(' %', '')} to ${high}`
}

/** "; without that it takes 1.7 times the shoppers", for the comparison that gains least; empty when that is nothing. */
export function worthWords(varianceReductions: readonly number[], unit: string): string {
  const least = Math.min(...varianceReductions)
  if (noiseReductionOf(least) < NOTICED) return ''
  const factor = 1 / (1 - least)
  return `; without that it takes ${factor > FACTOR_MOST ? `more than ${FACTOR_MOST}` : factorWords(factor)} times the ${unit}s`
}

function noiseReductionOf(varianceReduction: number): number {
  return 1 - Math.sqrt(1 - varianceReduction)
}
