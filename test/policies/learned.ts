/** A calibration for tests: a twentieth at the first place, an eighth of it at the fiftieth. */
import type { Calibration } from '../../src/policies/calibration.ts'

export function learned(id: string, given: Partial<Calibration> = {}): Calibration {
  return {
    ...{
      kind: 'calibration',
      id,
      from: 'shown',
      basis: 'rank',
      at: [-Math.log(50), 0],
      chances: [0.00625, 0.05],
      curve: { first: 0.05, power: 0.5 },
    },
    fading: 0.5,
    ...{ first: 50, horizonDays: 7, questions: 100, places: 5000, purchases: 40, until: 1_700_000_000.5 },
    ...given,
  }
}
