import { describe, expect, it } from 'vitest'
import { clusterRobustDifference } from '../../src/stats/cluster-robust.ts'
import { jointMomentsOf, jointMomentsOfSums } from '../../src/stats/pair-moments.ts'
import { expectClose, golden, known } from './golden.ts'

type Sums = Readonly<Record<'n' | 'sum_num' | 'sum_den' | 'sum_num2' | 'sum_den2' | 'sum_numden', number>>

const momentsOfCase = (sums: Sums) =>
  jointMomentsOfSums({
    n: BigInt(sums.n),
    sums: [BigInt(sums.sum_num), BigInt(sums.sum_den)],
    products: [BigInt(sums.sum_num2), BigInt(sums.sum_numden), BigInt(sums.sum_den2)],
  })

describe('the cluster-robust error', () => {
  const { inputs, expected, tol } = golden<
    { control: Sums; treatment: Sums },
    Record<'diff' | 'se_cluster_CR0' | 'se_cluster_CR1_statsmodels' | 'se_naive_iid_events', number>
  >('P023')
  const arms = { control: momentsOfCase(inputs.control), treatment: momentsOfCase(inputs.treatment) }

  it('is that of a regression on events with errors clustered by unit', () => {
    const plain = known(clusterRobustDifference(arms, { correction: 'CR0' }))
    expectClose(plain.estimate, expected.diff, tol)
    expectClose(Math.sqrt(plain.variance), expected.se_cluster_CR0, tol)
    expectClose(Math.sqrt(known(clusterRobustDifference(arms, { correction: 'CR1' })).variance), expected.se_cluster_CR1_statsmodels, tol)
    expect(expected.se_naive_iid_events).toBeLessThan(0.9 * Math.sqrt(plain.variance))
  })

  it('is unknown while a denominator may be zero', () => {
    const none = jointMomentsOf([
      [0, 0],
      [0, 0],
    ])
    expect(clusterRobustDifference({ ...arms, treatment: none }, { correction: 'CR1' })).toMatchObject({
      because: 'denominator-not-established',
    })
    expect(clusterRobustDifference({ ...arms, control: none }, { correction: 'CR1' })).toMatchObject({
      because: 'denominator-not-established',
    })
  })
})
