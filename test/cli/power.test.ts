import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { registerPower } from '../../src/cli/power.ts'

async function croupier(...words: string[]): Promise<string> {
  const out = new PassThrough()
  const program = new Command('croupier').exitOverride().configureOutput({ writeErr: () => {} })
  registerPower(program, { out })
  await program.parseAsync(['node', 'croupier', 'power', ...words])
  out.end()
  return Buffer.concat(await out.toArray()).toString()
}
const json = async (...words: string[]) => JSON.parse(await croupier(...words, '--json'))

describe('croupier power', () => {
  it('has the sample size of R for two rates', async () => {
    expect(await json('--baseline', '0.1', '--lift', '0.2')).toMatchObject({ controlUnits: 3841, treatmentUnits: 3841, totalUnits: 7682 })
  })

  it('has the smallest effect of a sample, with a covariate', async () => {
    const { smallestEffect } = await json(
      '--metric',
      'mean',
      '--baseline',
      '45',
      '--sd',
      '38',
      '--units',
      '50000',
      '--covariate-correlation',
      '0.6',
    )
    expect(smallestEffect).toBeCloseTo(0.53865093, 7)
  })

  it('knows every kind of plan', async () => {
    const fixed = await json('--baseline', '0.1', '--lift', '0.2')
    const always = await json('--baseline', '0.1', '--lift', '0.2', '--design', 'always-valid', '--looks', '20')
    const group = await json('--baseline', '0.1', '--lift', '0.2', '--design', 'group-sequential')
    expect(group.controlUnits).toBeGreaterThan(fixed.controlUnits)
    expect(always.controlUnits).toBeGreaterThan(group.controlUnits)
    const ratio = ['--metric', 'ratio', '--baseline', '0.1', '--lift', '0.05']
    const parts = await json(
      ...ratio,
      '--numerator-sd',
      '1',
      '--denominator-sd',
      '4',
      '--denominator-mean',
      '8',
      '--parts-correlation',
      '0.5',
    )
    const deviation = Math.sqrt(1 - 2 * 0.1 * 0.5 * 4 + 0.16) / 8
    expect(parts.controlUnits).toBe((await json(...ratio, '--sd', String(deviation))).controlUnits)
    const three = await json('--baseline', '0.1', '--lift', '0.2', '--treatments', '3')
    const bonferroni = await json('--baseline', '0.1', '--lift', '0.2', '--treatments', '3', '--correction', 'bonferroni')
    expect(three.controlUnits).toBeLessThan(bonferroni.controlUnits)
    const uneven = await json('--baseline', '0.1', '--lift', '0.2', '--control-share', '0.2')
    expect(uneven.totalUnits / fixed.totalUnits).toBeGreaterThan(1.4)
    const clusters = await json('--baseline', '0.1', '--lift', '0.2', '--cluster-size', '3', '--cluster-correlation', '0.1')
    expect(clusters.controlUnits / fixed.controlUnits).toBeCloseTo(1.2, 3)
    const margin = await json('--metric', 'mean', '--baseline', '45', '--sd', '38', '--margin', '0.02')
    expect(margin.power).toBeCloseTo(0.8, 3)
    const quantile = await json('--metric', 'quantile', '--baseline', '3', '--quantile', '0.9', '--density', '0.05', '--effect', '0.2')
    expect(quantile.power).toBeGreaterThan(0.8)
  })

  it('says how many days it takes from a curve of arrivals', async () => {
    const page = await croupier('--baseline', '0.1', '--lift', '0.2', '--arrivals', '900,1600,2200,2700')
    expect(page).toMatch(/That takes \d+ days\./)
    expect(page).toContain('SMALLEST EFFECT BY WEEK')
    expect(await croupier('--baseline', '0.05', '--units-per-day', '9000')).toContain('the smallest effect that can be shown')
  })

  it.each([
    [['--baseline', '0.1'], /Say what to show/],
    [['--baseline', '2', '--lift', '0.1'], /between 0 and 1/],
    [['--baseline', '0.1', '--lift', '0'], /effect of 0/],
    [['--metric', 'mean', '--baseline', '2', '--lift', '0.1'], /needs --sd/],
    [['--baseline', '0.1', '--lift', '0.1', '--cluster-size', '3'], /Clusters need/],
    [['--baseline', '0.1', '--lift', '0.1', '--arrivals', '5,4'], /do not get fewer/],
    [['--baseline', 'x', '--lift', '0.1'], /It is a number/],
  ])('says what is wrong with %j', async (words, sentence) => {
    await expect(croupier(...words)).rejects.toThrow(sentence)
  })
})
