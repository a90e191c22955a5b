/** The χ² distribution: twice a gamma variable of half the degrees of freedom. */
import { gammaCdf, gammaLogSurvival, gammaQuantile, gammaSurvival, gammaUpperQuantile, gammaUpperQuantileOfLog } from './gamma.ts'

/** P(X ≤ x). */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  return gammaCdf(x / 2, degreesOfFreedom / 2)
}

/** P(X > x). */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  return gammaSurvival(x / 2, degreesOfFreedom / 2)
}

/** ln P(X > x), finite for every finite x. */
export function chiSquareLogSurvival(x: number, degreesOfFreedom: number): number {
  return gammaLogSurvival(x / 2, degreesOfFreedom / 2)
}

/** The x with P(X ≤ x) = p. */
export function chiSquareQuantile(p: number, degreesOfFreedom: number): number {
  return 2 * gammaQuantile(p, degreesOfFreedom / 2)
}

/** The x with P(X > x) = p. */
export function chiSquareUpperQuantile(p: number, degreesOfFreedom: number): number {
  return 2 * gammaUpperQuantile(p, degreesOfFreedom / 2)
}

/** The x with ln P(X > x) = logP. */
export function chiSquareUpperQuantileOfLog(logP: number, degreesOfFreedom: number): number {
  return 2 * gammaUpperQuantileOfLog(logP, degreesOfFreedom / 2)
}
