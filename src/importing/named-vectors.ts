/** Vectors by name, as files hold them; all of one length. What the readers of factors have in common. */
import { RANK_MAX } from '../policies/factors-body.ts'

export interface NamedVectors {
  readonly names: readonly string[]
  /** One after another. */
  readonly values: Float32Array
  /** Length of each; 0 while there is none. */
  readonly rank: number
}

export interface VectorGatherer {
  /** Throws a plain sentence that begins with `where` when the vector is none, or of another length, or the name came before. */
  add(name: string, vector: unknown, where: string): void
  gathered(): NamedVectors
}

const FIRST_CAPACITY = 4096

export function gatherVectors(): VectorGatherer {
  const names: string[] = []
  const known = new Set<string>()
  let values = new Float32Array(FIRST_CAPACITY)
  let rank = 0
  return {
    add: (name, vector, where) => {
      if (!isVector(vector)) throw new Error(`${where}: the factors are not a list of numbers.`)
      if (rank === 0) rank = vector.length
      if (vector.length === 0 || vector.length > RANK_MAX)
        throw new Error(`${where}: a vector has 1 to ${RANK_MAX} numbers, this one ${vector.length}.`)
      if (vector.length !== rank) throw new Error(`${where}: this vector has ${vector.length} numbers, those before have ${rank}.`)
      if (known.has(name)) throw new Error(`${where}: "${name}" comes twice.`)
      const at = names.length * rank
      if (at + rank > values.length) {
        const larger = new Float32Array(2 * (at + rank))
        larger.set(values)
        values = larger
      }
      for (let k = 0; k < rank; k++) values[at + k] = Number(vector[k])
      known.add(name)
      names.push(name)
    },
    gathered: () => ({ names, values: values.slice(0, names.length * rank), rank }),
  }
}

function isVector(value: unknown): value is ArrayLike<number> {
  if (value instanceof Float32Array || value instanceof Float64Array) return value.every(Number.isFinite)
  return Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one))
}
