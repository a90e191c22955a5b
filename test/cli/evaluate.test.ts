import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plantedShop } from '../policies/planted-shop.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SHARED = join(ROOT, '..', 'shared', 'data')
const ONLINE_RETAIL = join(SHARED, 'online-retail', 'online_retail.csv.gz')
const SESSIONS = join(SHARED, 'serenade-example')
const run = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'bin', 'croupier.mjs'), 'evaluate', ...args], { maxBuffer: 1e8 })

interface Answer {
  readonly split: Record<string, number>
  readonly protocols: readonly { readonly name: string; readonly asked: number; readonly policies: readonly PolicyAnswer[] }[]
}
interface PolicyAnswer {
  readonly policy: string
  readonly metrics: Record<string, number>
  readonly interval: Record<string, { readonly low: number; readonly high: number }>
}

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-evaluate-'))
  file = join(folder, 'log.csv')
  const { data } = plantedShop(5)
  const rows = Array.from(data.items, (item, row) =>
    [`shopper ${data.units[row]}`, `sku-${item}`, new Date(data.seconds[row]! * 1000).toISOString()].join(','),
  )
  writeFileSync(file, `unit,itemId,occurredAt\n${rows.join('\n')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('croupier evaluate', () => {
  it('reads a file without a database, and says the same thing twice', async () => {
    const args = ['--file', file, '--test-days', '10', '--bootstrap', '100', '--json', '--policies', 'collaborative']
    const [once, twice] = [await run(args), await run(args)]
    expect(twice.stdout).toBe(once.stdout)
    const { protocols, split } = JSON.parse(once.stdout) as Answer
    expect(protocols.map(({ name }) => name)).toEqual(['new-items', 'all-purchases', 'baskets'])
    expect(split.sellableItems).toBeGreaterThan(200)
    const [popularity, collaborative] = protocols[0]!.policies
    expect(collaborative!.metrics['ndcg@10']).toBeGreaterThan(popularity!.metrics['ndcg@10']!)
    expect(collaborative!.interval['ndcg@10']!.low).toBeLessThan(collaborative!.metrics['ndcg@10']!)
  })

  it('takes short logs of ratings with old times and odd names, and says what it took for a purchase', async () => {
    const ratings = join(folder, 'ratings.csv')
    const start = 874_724_710 // September 1997: nine digits.
    const rows = Array.from(
      { length: 3000 },
      (_, row) => `Zoë ${row % 60},Söße & Tee № ${(row * row) % 37},${1 + (row % 5)},${start + 500 * row}`,
    )
    writeFileSync(ratings, `userId,movieId,rating,timestamp\n${rows.join('\n')}\n`)
    const { stdout } = await run([ratings, '--bootstrap', '100', '--policies', 'popularity'])
    // Seventeen days: the test is a quarter of them.
    expect(stdout).toContain('before 1997-10-03;')
    expect(stdout).toContain('1997-10-07')
    expect(stdout).toContain('No column says what was done: every row counts as a purchase.\nNot read: rating.')
  })

  it('draws, tables and takes policies of the run', async () => {
    const svg = join(folder, 'drawing.svg')
    const own = '{"key":"week","kind":"popularity-decay","parameters":{"halfLifeHours":168}}'
    const { stdout } = await run([
      '--file',
      file,
      '--test-days',
      '5',
      '--policies',
      'popularity',
      '--define',
      own,
      '--bootstrap',
      '100',
      '--svg',
      svg,
    ])
    expect(stdout).toMatch(/NEW ITEMS[\s\S]+popularity[\s\S]+week[\s\S]+ALL PURCHASES[\s\S]+NDCG@10: how high/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]+>week<\/text>[\s\S]+<\/svg>\n$/)
  })

  it('moves the split one period back for the choice of parameters', async () => {
    const splitOf = async (...more: string[]) =>
      (
        JSON.parse(
          (
            await run([
              '--file',
              file,
              '--split',
              '2023-12-28',
              '--test-days',
              '5',
              '--policies',
              'popularity',
              '--bootstrap',
              '100',
              '--json',
              ...more,
            ])
          ).stdout,
        ) as Answer
      ).split
    const [test, validation] = [await splitOf(), await splitOf('--validation')]
    expect(test.at).toBe(Date.UTC(2023, 11, 28) / 1000)
    expect(validation.until).toBe(test.at)
    expect(validation.at).toBe(Date.UTC(2023, 11, 23) / 1000)
  })

  it.each([
    [['--file', '/nowhere.csv'], 'There is no file /nowhere.csv'],
    [['--preset', 'online-retail'], 'there is none'],
    [['--split', 'tomorrow'], 'It is a date such as'],
    [['--define', '{"key":"a","kind":"magic"}'], 'kind'],
  ])('says what is wrong with %j', async (args, message) => {
    await expect(run(args)).rejects.toThrow(message)
  })
})

if (!existsSync(ONLINE_RETAIL)) console.warn(`\n*** SKIPPED: Online Retail is not at ${ONLINE_RETAIL}; its figures are not checked. ***\n`)
describe.skipIf(!existsSync(ONLINE_RETAIL))('on Online Retail, thirty days before 9 December 2011', () => {
  let answer: Answer
  beforeAll(async () => {
    const { stdout } = await run([
      '--file',
      ONLINE_RETAIL,
      '--preset',
      'online-retail',
      '--split',
      '2011-11-09',
      '--bootstrap',
      '100',
      '--json',
    ])
    answer = JSON.parse(stdout) as Answer
  }, 180_000)
  const of = (protocol: string, policy: string) =>
    answer.protocols.find(({ name }) => name === protocol)!.policies.find((one) => one.policy === policy)!.metrics

  it('learns from 4,063 shoppers', () => {
    expect(answer.split).toMatchObject({ trainedShoppers: 4063, sellableItems: 3065 })
  })

  it('finds the measured order among new items', () => {
    expect(of('new-items', 'popularity')['ndcg@10']).toBeCloseTo(0.098, 2)
    expect(of('new-items', 'popularity-all-time')['ndcg@10']).toBeCloseTo(0.031, 2)
    expect(of('new-items', 'collaborative')['ndcg@10']).toBeGreaterThan(0.1)
    expect(of('new-items', 'hybrid')['ndcg@10']).toBeGreaterThan(0.15)
  })

  it('finds repeat purchases by buying again, and more together with the others', () => {
    expect(of('all-purchases', 'buy-again')['ndcg@10']).toBeGreaterThan(0.32)
    expect(of('all-purchases', 'hybrid-repeat')['ndcg@10']).toBeGreaterThan(0.345)
  })

  it('finds what was taken out of a basket', () => {
    expect(of('baskets', 'bought-together')['hr@10']).toBeGreaterThan(0.31)
    expect(of('baskets', 'popularity')['hr@10']).toBeLessThan(0.07)
  })
})

if (!existsSync(SESSIONS)) console.warn(`\n*** SKIPPED: the clicks of Serenade are not at ${SESSIONS}; their figure is not checked. ***\n`)
describe.skipIf(!existsSync(SESSIONS))('on the example clicks of Serenade', () => {
  it('reaches the published MRR@20 of .3277', async () => {
    const { stdout } = await run([
      'session',
      join(SESSIONS, 'train.txt.gz'),
      join(SESSIONS, 'test.txt.gz'),
      '--policies',
      'session',
      '--bootstrap',
      '100',
      '--json',
    ])
    const { policies } = JSON.parse(stdout) as { policies: readonly { questions: number; metrics: Record<string, number> }[] }
    expect(policies).toHaveLength(1)
    expect(policies[0]!.questions).toBe(931)
    expect(policies[0]!.metrics['mrr@20']).toBeGreaterThan(0.3277)
  })
})
