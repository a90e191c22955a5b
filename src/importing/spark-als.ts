/**
 * A Spark `ALSModel` as `model.save(path)` leaves it, with the `StringIndexerModel`s that gave its rows their numbers.
 *
 *     <als>/metadata/part-*      JSON with class and rank          <als>/itemFactors, <als>/userFactors      Parquet: id int, features list of float
 *     <indexer>/metadata/part-*  JSON with class                   <indexer>/data                            Parquet: labelsArray (or labels)
 *
 * ALS knows items by row numbers only. Without the indexer that made them nobody can say which item is which, so that is refused.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gatherVectors, type NamedVectors } from './named-vectors.ts'
import { parquetRows } from './parquet.ts'

export interface SparkFolders {
  /** The folder of the ALSModel. */
  readonly model: string
  /** Folders of the StringIndexerModels. */
  readonly itemIndex: string | undefined
  /** Without it shoppers' vectors are left out: they are folded in. */
  readonly userIndex: string | undefined
}

export interface SparkFactors {
  readonly items: NamedVectors
  readonly units: NamedVectors | null
}

const ALS_CLASS = 'org.apache.spark.ml.recommendation.ALSModel'
const INDEXER_CLASS = 'org.apache.spark.ml.feature.StringIndexerModel'

/** Whether a path looks like something that Spark saved. */
export async function isSparkModel(path: string): Promise<boolean> {
  const found = await stat(join(path, 'metadata')).catch(() => null)
  return found?.isDirectory() ?? false
}

/** Reads items and, with their indexer, shoppers. Rejects with a plain sentence. */
export async function readSparkAls({ model, itemIndex, userIndex }: SparkFolders): Promise<SparkFactors> {
  await expectClass(model, ALS_CLASS)
  if (itemIndex === undefined)
    throw new Error(
      'ALS knows items by row numbers. Name the StringIndexerModel that made them (--item-index <folder>); without it nobody can say which item is which.',
    )
  const items = await readFactors(join(model, 'itemFactors'), await labelsOf(itemIndex))
  const units = userIndex === undefined ? null : await readFactors(join(model, 'userFactors'), await labelsOf(userIndex))
  if (units && units.rank !== items.rank) throw new Error(`Items have vectors of ${items.rank} numbers, shoppers of ${units.rank}.`)
  return { items, units }
}

async function readFactors(path: string, labels: readonly string[]): Promise<NamedVectors> {
  const vectors = gatherVectors()
  for await (const { id, features } of parquetRows(path)) {
    const row = Number(id)
    const label = labels[row]
    if (label === undefined)
      throw new Error(`${path}: row ${id} is not in the StringIndexer, which has ${labels.length} labels. Is it the right one?`)
    vectors.add(label, features, `${path}, row ${id}`)
  }
  return vectors.gathered()
}

/** Label i stands for the number i. Spark 3 keeps one list for every column that was indexed together; one is what ALS needs. */
async function labelsOf(path: string): Promise<readonly string[]> {
  await expectClass(path, INDEXER_CLASS)
  for await (const { labelsArray, labels } of parquetRows(join(path, 'data'))) {
    const lists = Array.isArray(labelsArray) ? labelsArray : [labels]
    if (lists.length !== 1) throw new Error(`${path} indexes ${lists.length} columns; one that indexes a single column is needed.`)
    const [list] = lists
    if (Array.isArray(list) && list.every((label) => typeof label === 'string')) return list
  }
  throw new Error(`${path} holds no labels.`)
}

async function expectClass(path: string, wanted: string): Promise<void> {
  const folder = join(path, 'metadata')
  const part = (await readdir(folder).catch(() => [])).sort().find((name) => name.startsWith('part-'))
  if (!part) throw new Error(`${path} is not a saved Spark model: it has no metadata.`)
  const [line = ''] = (await readFile(join(folder, part), 'utf8')).split('\n')
  const found = classIn(line)
  if (found !== wanted) throw new Error(`${path} holds ${found ?? 'something else'}, not ${wanted}.`)
}

function classIn(line: string): string | null {
  try {
    const { class: name } = JSON.parse(line) as { class?: unknown }
    return typeof name === 'string' ? name : null
  } catch {
    return null
  }
}
