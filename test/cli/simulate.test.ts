import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import { registerSimulate } from '../../src/cli/simulate.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function croupier(...words: string[]): Promise<string> {
  const out = new PassThrough()
  const err = new PassThrough() as unknown as NodeJS.WriteStream
  const program = new Command('croupier').exitOverride().configureOutput({ writeErr: () => {} })
  registerSimulate(program, { out, err })
  await program.parseAsync(['node', 'croupier', 'simulate', ...words])
  out.end()
  return Buffer.concat(await out.toArray()).toString()
}

describe('croupier simulate', () => {
  it('tells regret beside that of even traffic, and draws it', async () => {
    const svg = join(folder, 'regret.svg')
    const page = await croupier('switches', '--seeds', '2', '--svg', svg)
    expect(page).toContain('Thompson, memory by evidence')
    expect(page).toContain('even traffic costs 2,250')
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s)
  })

  it('has JSON for machines, the same for the same seed', async () => {
    const words = ['delayed', '--seeds', '2', '--seed', '7', '--floor', '0.1', '--json']
    const answer = JSON.parse(await croupier(...words))
    expect(answer).toMatchObject({ format: 'croupier-simulation/1', seeds: 2, seed: 7, floor: 0.1, studies: [{ scenario: 'delayed' }] })
    expect(JSON.parse(await croupier(...words))).toEqual(answer)
  })

  it('names the scenarios there are', async () => {
    await expect(croupier('weather')).rejects.toThrow('There is no scenario "weather". There are low-rate, close')
  })
})

describe('croupier simulate classification', () => {
  const rows = Array.from({ length: 600 }, (_, i) => `${i % 3}\t${(i % 7) / 7 + 0.001}\t${i % 3 === 0 ? 1 : 0}`)
  const file = join(folder, 'thirds.tsv.gz')
  writeFileSync(file, gzipSync(`kind\tsize\ttarget\n${rows.join('\n')}\n`))

  it('has an error a set and their mean', async () => {
    const answer = JSON.parse(await croupier('classification', file, '--shuffles', '2', '--head', 'linear', '--seed', '3', '--json'))
    expect(answer).toMatchObject({ head: 'linear', seed: 3, shuffles: 2, sets: [{ name: 'thirds', rows: 600, arms: 2, features: 4 }] })
    expect(answer.sets[0].errors).toHaveLength(2)
    expect(answer.meanError).toBe(answer.sets[0].error)
    expect(answer.meanError).toBeLessThan(0.1)
    expect(await croupier('classification', file)).toContain('logistic head')
  })

  it('says which file cannot be read, and why', async () => {
    const write = (name: string, bytes: string | Buffer) => {
      writeFileSync(join(folder, name), bytes)
      return croupier('classification', join(folder, name))
    }
    await expect(croupier('classification', join(folder, 'none.tsv'))).rejects.toThrow('There is no file')
    await expect(write('half.tsv.gz', readFileSync(file).subarray(0, 60))).rejects.toThrow(
      'half.tsv.gz is damaged: unexpected end of file.',
    )
    await expect(write('bare.tsv', 'a\tb\n1\t2\n')).rejects.toThrow('bare.tsv: There is no column "target".')
    await expect(write('empty.tsv', 'a\ttarget\n')).rejects.toThrow('empty.tsv: There are no rows.')
    const line = (of: (column: number) => string) => `${Array.from({ length: 200 }, (_, i) => of(i)).join('\t')}\t`
    const wide = [`${line((i) => `f${i}`)}target`, `${line((i) => `${i / 7}`)}1`, `${line((i) => `${i / 3 + 1}`)}0`].join('\n')
    await expect(write('wide.tsv', wide)).rejects.toThrow('wide.tsv: 200 columns vary, and 128 features are the most: leave some out.')
  })

  it('says which row is odd', async () => {
    const odd = join(folder, 'odd.tsv')
    writeFileSync(odd, 'a\ttarget\n1\t2\n3\n')
    await expect(croupier('classification', odd)).rejects.toThrow('row 2: 1 columns instead of 2')
  })
})
