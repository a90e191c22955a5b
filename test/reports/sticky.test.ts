import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { planned } from './sample.ts'

/** Of a sticky bandit's unit two arms are as odd as under fixed allocation. */

const fixed = planned(9_900)
const arms = fixed.moments.arms.map((arm) => ({ ...arm, excluded: 500n }))
const met = (sticky: object) => {
  const allocation = { kind: 'thompson', floor: 0.05, uniformShare: 0.05, context: true, ...sticky } as const
  const settings = { ...fixed.epoch.settings, allocation }
  return reportOf({ ...fixed, moments: { ...fixed.moments, arms }, epoch: { ...fixed.epoch, settings } })
}

describe('the report of a sticky bandit', () => {
  it('sounds the alarm for units that were seen in two arms', () => {
    expect(met({ sticky: true }).trust.twoArms).toMatchObject({ units: 1000, alarm: true })
    expect(reportText(met({ sticky: true }))).toMatch(/ALARM {2}one arm each/)
    expect(met({}).trust.twoArms).toMatchObject({ units: 1000, alarm: false })
  })
})
