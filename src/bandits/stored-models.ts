/**
 * Models as they are kept for replay: plain numbers, covariances as triangles row by row. A double survives JSON bit for bit.
 *
 *     linear   a line of the reward and its covariance an arm          beta   two shapes an arm, of the chance of what is wanted
 *     logistic a line of the log-odds of what is wanted and its covariance an arm
 */
import type { BetaShapes } from '../stats/beta.ts'
import type { ArmModels } from './arm-models.ts'
import { triangle } from './decision-moments.ts'
import type { EpochModels } from './epoch-posterior.ts'

export type StoredModels = StoredLines | StoredRates | StoredLogits

/** Lines have no kind: they were there before the others, and their snapshots keep their names. */
export interface StoredLines extends StoredExpectations {
  readonly kind?: undefined
  readonly noise: number
  readonly degreesOfFreedom: number
  readonly arms: readonly StoredLine[]
}

export interface StoredRates extends StoredExpectations {
  readonly kind: 'beta'
  readonly arms: readonly BetaShapes[]
}

export interface StoredLogits extends StoredExpectations {
  readonly kind: 'logistic'
  readonly arms: readonly StoredLine[]
}

export interface StoredLine {
  readonly coefficients: readonly number[]
  readonly covariance: readonly number[]
}

/** What is expected of every outcome, whichever model draws. */
interface StoredExpectations {
  /** d. */
  readonly features: number
  /** By arm, a line an outcome: m × d. Models that were kept before there were such lines have none. */
  readonly lines?: readonly (readonly number[])[]
}

export function storedModels({ features, noise, degreesOfFreedom, arms, lines }: ArmModels & Partial<EpochModels>): StoredLines {
  return {
    ...{ features, noise, degreesOfFreedom },
    ...keptLines(lines),
    arms: keptArms({ features, arms }),
  }
}

export function storedLogits(logits: ArmModels, lines: EpochModels['lines']): StoredLogits {
  return { kind: 'logistic', features: logits.features, ...keptLines(lines), arms: keptArms(logits) }
}

function keptArms({ features, arms }: Pick<ArmModels, 'features' | 'arms'>): readonly StoredLine[] {
  return arms.map(({ coefficients, covariance }) => ({ coefficients: [...coefficients], covariance: upperOf(covariance, features) }))
}

export function storedRates(rates: readonly BetaShapes[], { features, lines }: Pick<EpochModels, 'features' | 'lines'>): StoredRates {
  return { kind: 'beta', features, ...keptLines(lines), arms: rates.map(({ a, b }) => ({ a, b })) }
}

function keptLines(lines: EpochModels['lines'] | undefined): Pick<StoredExpectations, 'lines'> {
  return lines ? { lines: lines.map((line) => [...line]) } : {}
}

/** The models again: what a decider makes of them is the same, bit for bit. */
export function modelsFrom(models: StoredLines | StoredLogits): ArmModels {
  const { features, arms } = models
  // JSON has no infinity: log-odds are normal by definition.
  const { noise, degreesOfFreedom } = models.kind === 'logistic' ? NORMAL : models
  return {
    ...{ kind: 'models', features, noise, degreesOfFreedom },
    arms: arms.map(({ coefficients, covariance }) => ({
      coefficients: Float64Array.from(coefficients),
      covariance: squareOf(covariance, features),
    })),
  }
}

const NORMAL = { noise: 1, degreesOfFreedom: Number.POSITIVE_INFINITY }

function upperOf(matrix: Float64Array, size: number): readonly number[] {
  const upper: number[] = new Array(triangle(size))
  let at = 0
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) upper[at++] = matrix[i * size + j]!
  return upper
}

function squareOf(upper: readonly number[], size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  let at = 0
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      matrix[i * size + j] = upper[at]!
      matrix[j * size + i] = upper[at++]!
    }
  }
  return matrix
}
