import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armModel, mergeArmSums, openArmSums } from '../../src/bandits/off-policy-model.ts'

const prior = { reward: 0.5, rows: 100 }
const rows = fc.array(
  fc.record({ fold: fc.integer({ min: 0, max: 2 }), arm: fc.integer({ min: 0, max: 4 }), reward: fc.integer({ min: 0, max: 9 }) }),
  {
    maxLength: 60,
  },
)

function sumsOf(all: readonly { fold: number; arm: number; reward: number }[], folds = 3) {
  const fold = openArmSums(folds)
  for (const row of all) fold.add({ ...row, fold: row.fold % folds })
  return fold.sums()
}

describe('the mean reward of an arm', () => {
  it('is drawn towards the prior, and is the prior for an arm that was never played', () => {
    const model = armModel(sumsOf([{ fold: 0, arm: 1, reward: 3 }], 1), { arms: 3, prior })
    expect(model.predict(1, 0)).toBe(3.5 / 101)
    expect(model.predict(2, 0)).toBe(0.005)
    expect(model.sway(1)).toBe(1 / 101)
    expect(model.count(2)).toBe(0)
  })

  it('never tells a row what it learned from that row’s fold', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 2 }), (all, fold) => {
        const model = armModel(sumsOf(all), { arms: 5, prior })
        for (let arm = 0; arm < 5; arm++) {
          const others = all.filter((row) => row.fold !== fold && row.arm === arm)
          const reward = others.reduce((sum, row) => sum + row.reward, 0)
          expect(model.predict(arm, fold)).toBeCloseTo((reward + prior.reward) / (others.length + prior.rows), 12)
        }
      }),
    )
  })

  it('merges in any order, exactly for whole rewards', () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const at = { arms: 5, prior }
        const whole = armModel(sumsOf([...a, ...b]), at)
        const parts = armModel(mergeArmSums(sumsOf(b), sumsOf(a)), at)
        for (let arm = 0; arm < 5; arm++)
          for (let fold = 0; fold < 3; fold++) expect(parts.predict(arm, fold)).toBe(whole.predict(arm, fold))
      }),
    )
  })
})
