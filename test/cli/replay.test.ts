import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplayAnswer } from '../../src/analysis/replay-shape.ts'
import { ESTIMATORS } from '../../src/bandits/off-policy-estimates.ts'
import { registerReplay } from '../../src/cli/replay.ts'
import { randomOf } from '../../src/stats/random.ts'

/** The Open Bandit Dataset is not part of this project; its golden values are checked where it lies beside it. */
const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'open-bandit')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-replay-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PI = [0.5, 0.3, 0.2]

function* lines(rows: number, separator = ','): Iterable<string> {
  const random = randomOf(7)
  yield `${['item_id', 'position', 'click', 'propensity_score'].join(separator)}\n`
  for (let i = 0; i < rows; i++) {
    const u = random.uniform()
    const item = u < 0.5 ? 0 : u < 0.8 ? 1 : 2
    yield `${[item, 1 + (i % 3), random.uniform() < 0.02 * (1 + item) ? 1 : 0, PI[item]].join(separator)}\n`
  }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function croupier(...words: string[]): Promise<string> {
  const out = new PassThrough()
  const program = new Command('croupier').exitOverride().configureOutput({ writeErr: () => {} })
  registerReplay(program, { out, err: new PassThrough() as unknown as NodeJS.WriteStream })
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput({ writeErr: () => {} })
  await program.parseAsync(['node', 'croupier', 'replay', 'open-bandit', ...words])
  out.end()
  return Buffer.concat(await out.toArray()).toString()
}

const json = async (...words: string[]): Promise<ReplayAnswer> => JSON.parse(await croupier(...words, '--json'))

describe('croupier replay open-bandit', () => {
  it('prints the promised JSON', async () => {
    const answer = await json(file('plain.csv', [...lines(4000)].join('')))
    expect(answer).toMatchObject({ rows: 4000, refused: false, because: null, remedy: null })
    expect(Object.keys(answer.estimates)).toEqual([...ESTIMATORS])
    for (const name of ESTIMATORS) {
      const { value, standardError, low, high } = answer.intervals[name]!
      expect(answer.estimates[name]).toBe(value)
      expect(standardError).toBeGreaterThan(0)
      expect(low).toBeLessThan(value)
      expect(high).toBeGreaterThan(value)
    }
    // every item alike: (0.02 + 0.04 + 0.06)/3, and the log's own 0.5·0.02 + 0.3·0.04 + 0.2·0.06
    expect(Math.abs(answer.estimates.DR! - 0.04)).toBeLessThan(5 * answer.intervals.DR!.standardError!)
    expect(Math.abs(answer.logged!.value - 0.034)).toBeLessThan(5 * answer.logged!.standardError!)
    expect(answer.gain!.value).toBeCloseTo(answer.estimates.DR! - answer.logged!.value, 12)
  })

  it('does not mind gzip, a byte order mark, other delimiters and Windows line ends', async () => {
    const plain = await json(file('same.csv', [...lines(500)].join('')))
    for (const path of [
      file('same.csv.gz', gzipSync([...lines(500)].join(''))),
      file('bom.csv', `\uFEFF${[...lines(500)].join('')}`),
      file('semicolon.csv', [...lines(500, ';')].join('').replaceAll('0.', '0,')),
      file('tabs.tsv', [...lines(500, '\t')].join('').replaceAll('\n', '\r\n')),
    ])
      expect(await json(path)).toEqual(plain)
  })

  it('takes a policy from a file', async () => {
    const path = file('some.csv', [...lines(3000)].join(''))
    const same = await json(path, '--policy', file('same.json', JSON.stringify(PI.map((p) => [p]))))
    expect(same.estimates.IPS).toBeCloseTo(same.logged!.value, 12)
    expect(same).toMatchObject({ effectiveSampleSize: expect.closeTo(3000, 6), settings: { policy: 'same.json', items: 3, positions: 3 } })
  })

  it('refuses in words, and gives no number', async () => {
    const few = await json(file('few.csv', [...lines(60)].join('')))
    expect(few).toMatchObject({
      refused: true,
      because: expect.stringMatching(/^The log is worth \d+ rows of the new policy, and 100 are needed\.$/),
      remedy: expect.stringMatching(/^Collect about \d+ rows more\.$/),
    })
    expect(Object.values(few.estimates)).toEqual(ESTIMATORS.map(() => null))
    const rows = [...lines(5000)]
    const quiet = await json(file('quiet.csv', [...lines(200)].join('')))
    expect(quiet.because).toMatch(/^The value would hang on about \d clicks?, and 10 are needed\.$/)
    expect(quiet.remedy).toMatch(/^Collect about [\d,]+ rows more\.$/)
    const heavy = file('heavy.csv', rows.with(9, '1,1,1,0.000001\n').join(''))
    expect((await json(heavy)).because).toMatch(/^One row carries 98\.\d % of all weight\. The log is worth 1 row/)
    const page = await croupier(heavy)
    expect(page).toMatch(/Refused\. One row carries[\s\S]*What helps: /)
    expect(page).not.toMatch(/DR/)
    const unknown = await json(file('more.csv', rows.join('')), '--items', '5')
    expect(unknown.because).toMatch(/^The new policy plays item 3, item 4 in 40\.0 % of its choices, which the log never played there\./)
  })

  it('draws every estimate on a page of 100 columns', async () => {
    const page = await croupier(file('page.csv', [...lines(6000)].join('')), '--folds', '5')
    expect(page).toMatch(/^RESULT {2}policy uniform, 3 items\n {2}The policy would have had a click on /)
    for (const name of ['as logged', ...ESTIMATORS]) expect(page).toMatch(new RegExp(`\\n  ${name} .*├─+●─+┤`))
    expect(page).toMatch(/6,000 rows say as much as [\d,]+ rows of the new policy would/)
    expect(page).toMatch(/cross-fitted in 5 parts/)
    expect(Math.max(...page.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100)
  })

  it('says what is wrong', async () => {
    const path = file('wrong.csv', [...lines(50)].join(''))
    await expect(croupier(file('bad.csv', `${[...lines(5)].join('')}7,0,1,0.5\n1,1,1,2\n`))).rejects.toThrow(
      /position is no whole number .*\(line 7\)\. .*propensity_score .*\(line 8\)\. Nothing was estimated\./,
    )
    await expect(croupier(path, '--policy', join(folder, 'none.json'))).rejects.toThrow(/"uniform" or a JSON file; there is no file/)
    await expect(croupier(path, '--policy', file('broken.json', '[[0.5]]'))).rejects.toThrow(/broken.json: .* sum to 0.5/)
    await expect(croupier(path, '--items', '2')).rejects.toThrow(/items up to 2/)
    await expect(croupier(path, '--level', '95')).rejects.toThrow(/between 0.5 and 1/)
    await expect(croupier(path, '--folds', '0')).rejects.toThrow(/from 1 to 100/)
    await expect(croupier(join(folder, 'none.csv'))).rejects.toThrow(/no file/)
    await expect(croupier(file('other.csv', 'a,b\n1,2\n'))).rejects.toThrow(/no column "item_id"/)
    await expect(croupier(file('header.csv', 'item_id,position,click,propensity_score\n'))).rejects.toThrow(/no rows/)
  })

  it('reads a file larger than its memory', async () => {
    const path = join(folder, 'large.csv')
    const rows = 2_000_000
    writeFileSync(path, `${[...lines(0)].join('')}${[...lines(20_000)].slice(1).join('').repeat(100)}`)
    const script = `
      import { Command } from 'commander'
      import { registerReplay } from './src/cli/replay.ts'
      const program = new Command()
      registerReplay(program)
      await program.parseAsync()`
    const node = ['--max-old-space-size=24', '--max-semi-space-size=1', '--input-type=module', '-e', script, '--']
    const { stdout, status } = spawnSync(process.execPath, [...node, 'replay', 'open-bandit', path, '--json'], {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '..', '..'),
    })
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as ReplayAnswer).rows).toBe(rows)
  })
})

describe.skipIf(!existsSync(DATA))('the Open Bandit Dataset', () => {
  const cases = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'golden', 'off-policy.json'), 'utf8')).cases
  it.each([
    ['ope/obd_uniform_on_bts_men', 'bts-men', []],
    ['ope/obd_btsprior_on_random_men', 'random-men', ['--policy', join(DATA, 'bts_prior_exact_men.json')]],
  ])('%s has the published values', async (name, logs, words) => {
    const { expected, tolerance } = cases.find((one: { readonly name: string }) => one.name === name)
    const path = join(DATA, logs, 'men.csv.gz')
    const answer = await json(path, ...words)
    const close = (got: number, wanted: number) => expect(Math.abs(got / wanted - 1), `${got} for ${wanted}`).toBeLessThanOrEqual(tolerance)
    for (const estimator of ['IPS', 'SNIPS', 'DM', 'DR', 'SNDR'] as const) close(answer.estimates[estimator]!, expected[estimator])
    close(answer.estimates.SwitchDR!, expected.SwitchDR_10)
    close((await json(path, ...words, '--switch', '100')).estimates.SwitchDR!, expected.SwitchDR_100)
    close(answer.effectiveSampleSize, expected.ess)
    close(answer.meanWeight.value, expected.iw_mean)
    close(answer.maxWeightShare, expected.iw_max / (expected.iw_mean * expected.n))
    close(answer.logged!.value, expected.on_policy_mean)
    // a two-sided interval at 90 % has the lower end of a one-sided one at 95 %
    close((await json(path, ...words, '--level', '0.9')).intervals.IPS!.low!, expected.IPS_LB_student_t_d05)
    expect(answer.refused).toBe(false)
  })
})
