import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { registerImport } from '../../src/cli/import.ts'
import { QUIET } from '../../src/cli/world.ts'
import { readConfig } from '../../src/config.ts'
import { openSettled } from '../../src/service/foundation.ts'
import { SECRET, startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** Factors that Spark trained become a strategy that serves, from the command line to the slate. */

const SPARK = join(import.meta.dirname, '..', 'golden', 'spark-als')
const expected = JSON.parse(readFileSync(join(SPARK, 'expected.json'), 'utf8')) as Record<'items' | 'users', Record<string, number[]>>

let shop: TestService
let folder: string

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  folder = mkdtempSync(join(tmpdir(), 'croupier-import-factors-'))
  writeFileSync(join(folder, 'secret'), SECRET, { mode: 0o600 })
  expect((await shop.call('POST', '/v1/policies', { key: 'als', kind: 'factors' })).status).toBe(201)
})
afterAll(async () => {
  await shop?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function croupier(...words: readonly string[]): Promise<string> {
  const config = readConfig({ DATABASE_URL: shop.databaseUrl, CROUPIER_DATA_DIR: folder })
  const program = new Command().exitOverride()
  registerImport(program, { config: () => config, openWorld: () => openSettled(config, QUIET) })
  const out: string[] = []
  const printing = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line))
  try {
    await program.parseAsync(['node', 'croupier', 'import', ...words])
  } finally {
    printing.mockRestore()
  }
  return out.join('\n')
}

async function slateOf(body: object) {
  const { status, text, body: answer } = await shop.call('POST', '/v1/slates', { surface: 'home', size: 5, ...body })
  expect(status, text).toBe(200)
  return answer
}
const SPARK_OPTIONS = ['--item-index', join(SPARK, 'item-index'), '--user-index', join(SPARK, 'user-index')]

describe('croupier import factors', () => {
  it('says what is missing', async () => {
    await expect(croupier('factors', 'nobody', join(SPARK, 'als'), ...SPARK_OPTIONS)).rejects.toThrow('There is no policy "nobody"')
    await expect(croupier('factors', 'hybrid', join(SPARK, 'als'), ...SPARK_OPTIONS)).rejects.toThrow('is of kind hybrid, not factors')
    await expect(croupier('factors', 'als', join(SPARK, 'als'))).rejects.toThrow('nobody can say which item is which')
    expect((await slateOf({ candidates: ['SKU-1', 'SKU-2'] })).servedPolicy).toBe('hybrid')
  })

  it('makes a saved Spark model serve: by the shopper’s own vector, else folded in', async () => {
    expect(await croupier('factors', 'als', join(SPARK, 'als'), ...SPARK_OPTIONS)).toMatch(
      /^Imported factors for "als": 12 items and 3 shoppers, 4 numbers each/,
    )
    const { body, headers } = await shop.call('GET', '/v1/surfaces/home')
    const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
    await shop.call('PUT', '/v1/surfaces/home', { ...known, policy: 'als' }, { 'if-match': headers.get('etag')! })

    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, one, k) => sum + one * b[k]!, 0)
    const best = Object.entries(expected.items)
      .map(([itemId, vector]) => ({ itemId, score: dot(vector, expected.users.anna!) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 5)
    await until(async () => (await slateOf({ unit: 'anna' })).servedPolicy === 'als')
    const anna = await slateOf({ unit: 'anna' })
    expect(anna.items.slice(0, best.length).map(({ itemId }: { itemId: string }) => itemId)).toEqual(best.map(({ itemId }) => itemId))
    expect(anna.items[0].score).toBeCloseTo(best[0]!.score, 5)

    const stranger = await slateOf({ unit: 'never seen', context: { itemId: 'SKU-3' } })
    expect(stranger.servedPolicy).toBe('als')
    expect(stranger.items[0].why).toMatchObject({ kind: 'because-of', itemId: 'SKU-3', share: 1 })
  })

  it('answers machines in JSON, and replaces what was there', async () => {
    const path = join(folder, 'vectors.ndjson')
    const lines = [1, 2, 99].map((i) => JSON.stringify({ itemId: `SKU-${i}`, factors: [i, 1] }))
    writeFileSync(path, lines.join('\n'))
    expect(JSON.parse(await croupier('factors', 'als', path, '--json'))).toMatchObject({
      policy: 'als',
      rank: 2,
      items: 2,
      units: 0,
      unknownItems: 1,
    })
    const { rows } = await shop.query("SELECT count(*)::int AS n FROM models WHERE policy = 'als'")
    expect(rows[0].n).toBe(2)
  })
})
