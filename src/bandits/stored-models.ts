/**
 * Models as they are kept for replay: plain numbers, covariances as triangles row by row. A double survives JSON bit for bit.
 */
import type { ArmModels } from './arm-models.ts'
import { triangle } from './decision-moments.ts'
import type { EpochModels } from './epoch-posterior.ts'

export interface StoredModels {
  readonly features: number
  readonly noise: number
  readonly degreesOfFreedom: number
  readonly arms: readonly { readonly coefficients: readonly number[]; readonly covariance: readonly number[] }[]
  /** By arm, what is expected of every outcome: m × d. Models that were kept before there were such lines have none. */
  readonly lines?: readonly (readonly number[])[]
}

export function storedModels({ features, noise, degreesOfFreedom, arms, lines }: ArmModels & Partial<EpochModels>): StoredModels {
  return {
    ...{ features, noise, degreesOfFreedom },
    ...(lines ? { lines: lines.map((line) => [...line]) } : {}),
    arms: arms.map(({ coefficients, covariance }) => ({ coefficients: [...coefficients], covariance: upperOf(covariance, features) })),
  }
}

/** The models again: what a decider makes of them is the same, bit for bit. */
export function modelsFrom({ features, noise, degreesOfFreedom, arms }: StoredModels): ArmModels {
  return {
    ...{ kind: 'models', features, noise, degreesOfFreedom },
    arms: arms.map(({ coefficients, covariance }) => ({
      coefficients: Float64Array.from(coefficients),
      covariance: squareOf(covariance, features),
    })),
  }
}

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
