import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { factorsModelOf } from '../../src/importing/factors.ts'
import type { NamedVectors } from '../../src/importing/named-vectors.ts'
import { isSparkModel, readSparkAls } from '../../src/importing/spark-als.ts'
import { readVectorFile } from '../../src/importing/vector-file.ts'
import { unpackFactors } from '../../src/policies/factors-body.ts'

const SPARK = join(import.meta.dirname, '..', 'golden', 'spark-als')
const expected = JSON.parse(readFileSync(join(SPARK, 'expected.json'), 'utf8')) as Record<'items' | 'users', Record<string, number[]>>
const folder = mkdtempSync(join(tmpdir(), 'croupier-factors-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const folders = { model: join(SPARK, 'als'), itemIndex: join(SPARK, 'item-index'), userIndex: join(SPARK, 'user-index') }
const byName = ({ names, values, rank }: NamedVectors) =>
  Object.fromEntries(
    names.map((name, i) => [name, Array.from(values.subarray(i * rank, (i + 1) * rank), (one) => Math.round(one * 1000) / 1000)]),
  )
function fileWith(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('factors of Spark', () => {
  it('come from every part file, under the names of their StringIndexers, snappy or zstd', async () => {
    const { items, units } = await readSparkAls(folders)
    expect(byName(items)).toEqual(expected.items)
    expect(byName(units!)).toEqual(expected.users)
  })

  it('are refused without the StringIndexer of the items; without that of the shoppers these are left out', async () => {
    await expect(readSparkAls({ ...folders, itemIndex: undefined })).rejects.toThrow(/--item-index.*nobody can say which item is which/)
    expect((await readSparkAls({ ...folders, userIndex: undefined })).units).toBeNull()
  })

  it('are refused with the wrong folder, an indexer that is too short, and broken Parquet', async () => {
    await expect(readSparkAls({ ...folders, model: folders.itemIndex })).rejects.toThrow(/StringIndexerModel, not .*ALSModel/)
    await expect(readSparkAls({ ...folders, itemIndex: folders.userIndex })).rejects.toThrow(
      /row \d+ is not in the StringIndexer, which has 3 labels/,
    )
    await expect(readSparkAls({ ...folders, itemIndex: folder })).rejects.toThrow(/no metadata/)
    const copy = join(folder, 'broken')
    cpSync(folders.model, copy, { recursive: true })
    writeFileSync(join(copy, 'itemFactors', 'part-00000.snappy.parquet'), 'PAR1 and no more')
    await expect(readSparkAls({ ...folders, model: copy })).rejects.toThrow(/part-00000.snappy.parquet cannot be read as Parquet/)
    expect([await isSparkModel(folders.model), await isSparkModel(folder)]).toEqual([true, false])
  })
})

describe('factors of a text file', () => {
  it('are read from NDJSON with items and shoppers together, plain or gzip, and from CSV', async () => {
    const lines = [
      ...Object.entries(expected.items).map(([itemId, factors]) => JSON.stringify({ itemId, factors })),
      '',
      ...Object.entries(expected.users).map(([unit, factors]) => JSON.stringify({ unit, factors })),
    ].join('\n')
    for (const path of [fileWith('plain.ndjson', lines), fileWith('packed.ndjson.gz', gzipSync(lines))]) {
      const { items, units } = await readVectorFile(path)
      expect(byName(items)).toEqual(expected.items)
      expect(byName(units)).toEqual(expected.users)
    }
    const rows = Object.entries(expected.items).map(([name, vector]) => `"${name}",${vector.join()}`)
    expect(byName((await readVectorFile(fileWith('items.csv', ['itemId,a,b,c,d', ...rows].join('\r\n')))).items)).toEqual(expected.items)
  })

  it.each([
    ['{"itemId":"a","factors":[1,2]}\n{"itemId":"b","factors":[1]}', /line 2: this vector has 1 numbers, those before have 2/],
    ['{"itemId":"a","factors":[1,"2"]}', /line 1: the factors are not a list of numbers/],
    ['{"itemId":"a","factors":[]}', /a vector has 1 to 512 numbers/],
    ['{"factors":[1]}', /line 1: there is no unit/],
    ['{"itemId":"a","factors":[1]}\nrubbish', /line 2: not a JSON object/],
    ['{"itemId":"a","factors":[1]}\n{"itemId":"a","factors":[2]}', /line 2: "a" comes twice/],
    ['sku,a\nx,1', /first column has to be itemId or unit, not "sku"/],
    ['itemId,a,b\nx,1,', /line 2: the factors are not a list of numbers/],
  ])('are refused with the line of the fault: %j', async (text, sentence) => {
    await expect(readVectorFile(fileWith('wrong', text))).rejects.toThrow(sentence)
  })
})

describe('the model of imported factors', () => {
  const item = (itemNo: number, itemId: string) => ({
    ...{ itemNo, itemId, title: '', category: null, brand: null, priceMinor: null, marginMinor: null, stock: null, discontinued: false },
  })
  const pseudonym = (unit: string) => new Uint8Array(16).fill(255 - unit.charCodeAt(0))

  const foldIn = { alpha: 1, ridge: 0.1 }

  it('knows items by number and shoppers by pseudonym; unknown items are counted', async () => {
    const { items, units } = await readSparkAls(folders)
    const model = factorsModelOf(items, units, { catalogue: [item(1, 'SKU-5'), item(2, 'SKU-2'), item(3, 'other')], pseudonym, foldIn })
    expect(model).toMatchObject({ rank: 4, items: 2, units: 3, unknownItems: 10 })
    expect(model.search).toBe('Every item is looked at: there are fewer than 20000 items.')
    const body = unpackFactors(model.bytes)
    expect(Array.from(body.items)).toEqual([1, 2])
    expect(Array.from(body.itemFactors.subarray(0, 4))).toEqual(expected.items['SKU-5']!.map(Math.fround))
    // Pseudonyms ascend, so that cleo comes before bert and anna here.
    expect(body.units.filter((_, i) => i % 16 === 0)).toEqual(Uint8Array.from([156, 157, 158]))
    expect(Array.from(body.unitFactors.subarray(0, 4))).toEqual(expected.users.cleo!.map(Math.fround))
    expect(() => factorsModelOf(items, units, { catalogue: [item(1, 'other')], pseudonym, foldIn })).toThrow(
      'None of the 12 items is in the catalogue.',
    )
  })
})
