import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../../src/analysis/answer-shape.ts'
import { registerAnalyze } from '../../src/cli/analyze.ts'
import { drawLognormal } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-analyze-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asked = ['--arm', 'group', '--control', 'old', '--metric', 'bought:proportion', '--metric', 'revenue:mean']

function* lines(rows: number, separator = ','): Iterable<string> {
  const random = randomOf(3)
  yield `${['user', 'group', 'bought', 'revenue'].join(separator)}\n`
  for (let i = 0; i < rows; i++) {
    const arm = random.uniform() < 0.5 ? 'old' : 'new'
    const bought = random.uniform() < (arm === 'new' ? 0.14 : 0.1)
    const revenue = bought ? drawLognormal(random, { mu: 3, sigma: 1 }).toFixed(2) : '0'
    yield `${[`u${i}`, arm, bought ? 1 : 0, separator === ';' ? revenue.replace('.', ',') : revenue].join(separator)}\n`
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
  registerAnalyze(program, { out, err: new PassThrough() as unknown as NodeJS.WriteStream })
  await program.parseAsync(['node', 'croupier', 'analyze', ...words])
  out.end()
  return Buffer.concat(await out.toArray()).toString()
}

const json = async (...words: string[]): Promise<Answer> => JSON.parse(await croupier(...words, '--json'))

describe('croupier analyze', () => {
  it('prints the promised JSON', async () => {
    const answer = await json(file('plain.csv', [...lines(4000)].join('')), ...asked)
    expect(answer.arms.map(({ arm }) => arm)).toEqual(['old', 'new'])
    expect(answer.arms.reduce((sum, { units }) => sum + units, 0)).toBe(4000)
    expect(answer.sampleRatio).toMatchObject({ alarm: false })
    expect(answer.results.map(({ metric, arm, control }) => [metric, arm, control])).toEqual([
      ['bought', 'new', 'old'],
      ['revenue', 'new', 'old'],
    ])
    for (const { absolute, relative, pValue, log10PValue, adjustedPValue, status } of answer.results) {
      expect(Object.keys(absolute)).toEqual(['estimate', 'low', 'high', 'standardError'])
      expect(Object.keys(relative)).toEqual(['estimate', 'low', 'high'])
      expect(Math.log10(pValue!)).toBeCloseTo(log10PValue!, 9)
      expect(adjustedPValue!).toBeGreaterThanOrEqual(pValue!)
      expect(['better', 'no difference shown']).toContain(status)
    }
    expect(answer.notes.length).toBeGreaterThan(0)
  })

  it('does not mind gzip, a byte order mark, other delimiters, decimal commas and Windows line ends', async () => {
    const plain = await json(file('same.csv', [...lines(500)].join('')), ...asked)
    const others = [
      file('same.csv.gz', gzipSync([...lines(500)].join(''))),
      file('bom.csv', `\uFEFF${[...lines(500)].join('')}`),
      file('semicolon.csv', [...lines(500, ';')].join('')),
      file('tabs.tsv', [...lines(500, '\t')].join('').replaceAll('\n', '\r\n')),
    ]
    for (const path of others) expect((await json(path, ...asked)).results).toEqual(plain.results)
  })

  it('prints a page that ends with what to know', async () => {
    const page = await croupier(file('page.csv', [...lines(6000)].join('')), ...asked)
    expect(page).toMatch(/^RESULT\n {2}bought is better in new: \+\d/)
    expect(page).toMatch(/├─+●─+┤ {2}better/)
    expect(page).toMatch(/NOTES\n {2}- /)
    expect(Math.max(...page.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100)
  })

  it('counts what it refused, with lines of the file', async () => {
    const path = file('faults.csv', 'user,group,bought,revenue\na,old,1,"2\n"\nb,new,x,3\nc,,1,1\nd,old,0\ne,new,1,NA\nf,old,0,5\n')
    const { faults } = await json(path, ...asked)
    expect(faults).toEqual([
      { what: 'column bought: not yes or no', count: 1, lines: [4] },
      { what: 'rows refused: no arm', count: 1, lines: [5] },
      { what: 'rows refused: other than 4 cells', count: 1, lines: [6] },
      { what: 'column revenue: missing', count: 1, lines: [7] },
    ])
  })

  it.each([
    [['--metric', 'sales:mean'], /no column "sales"/],
    [['--unit', 'id'], /no column "id"/],
    [['--control', 'Old'], /No row has "Old".*old, new|No row has "Old".*new, old/],
    [['--weights', 'old=1'], /nothing about the arm "new"/],
    [['--metric', 'revenue:median'], /A metric is/],
    [['--level', '95'], /between 0.5 and 1/],
    [['--cap', '2'], /between 0.5 and 1/],
    [['--less-is-better', 'sales'], /no such --metric/],
  ])('says what is wrong with %j', async (words, sentence) => {
    const path = file('wrong.csv', [...lines(50)].join(''))
    await expect(croupier(path, ...asked, ...words)).rejects.toThrow(sentence)
  })

  it('says what is wrong with a file', async () => {
    await expect(croupier(join(folder, 'none.csv'), ...asked)).rejects.toThrow(/no file/)
    await expect(croupier(file('empty.csv', ''), ...asked)).rejects.toThrow(/empty/)
    await expect(croupier(file('header.csv', 'user,group,bought,revenue\n'), ...asked)).rejects.toThrow(/no rows/)
    await expect(croupier(file('cut.csv.gz', gzipSync([...lines(500)].join('')).subarray(0, 900)), ...asked)).rejects.toThrow(
      /is damaged: .*\. Nothing was analysed\.$/,
    )
    await expect(croupier(file('book.xlsx', 'PK\u0003\u0004 …'), ...asked)).rejects.toThrow(/export it as CSV/)
  })

  it('reads a file larger than its memory', async () => {
    const path = join(folder, 'large.csv')
    const rows = 2_000_000
    const text = [...lines(20_000)].slice(1).join('')
    writeFileSync(path, `user,group,bought,revenue\n${text.repeat(rows / 20_000)}`)
    const script = `
      import { Command } from 'commander'
      import { registerAnalyze } from './src/cli/analyze.ts'
      const program = new Command()
      registerAnalyze(program)
      await program.parseAsync()`
    const node = ['--max-old-space-size=24', '--max-semi-space-size=1', '--input-type=module', '-e', script, '--']
    const words = ['analyze', path, ...asked, '--covariate', 'revenue', '--json']
    const { stdout, status } = spawnSync(process.execPath, [...node, ...words], {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '..', '..'),
    })
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as Answer).arms.reduce((sum, { units }) => sum + units, 0)).toBe(rows)
  })
})
