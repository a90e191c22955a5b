/** Twins: models trained without the newest part of the log, so that they can be asked about it. One is trained for a policy and a part, however often it is needed. */
import type { PolicyDefinition } from '../policies/definition.ts'
import type { TrainingData } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import type { TrainProgress } from './train-models.ts'

export interface Twins {
  /** The body of a policy that learns, trained on the first rows of the log. */
  bytesOf(policy: PolicyDefinition, before: TrainingData, doing: string): Uint8Array
}

export function twinsOf(onProgress: (progress: TrainProgress) => void): Twins {
  const known = new Map<string, Uint8Array>()
  return {
    bytesOf({ key, kind, parameters }, before, doing) {
      const name = `${key} ${before.items.length}`
      const bytes = known.get(name) ?? kinds[kind]!.train!(before, parameters, (done) => onProgress({ policy: key, done, doing }))
      known.set(name, bytes)
      return bytes
    },
  }
}
