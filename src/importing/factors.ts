/** Imported factors become a model: names turn into item numbers and pseudonyms, what the catalogue does not know is left out and counted. */
import { createHash } from 'node:crypto'
import { type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import { indexNote } from '../policies/cell-index.ts'
import { type FactorRows, packFactors } from '../policies/factors-body.ts'
import { type FoldInParameters, indexFactors } from '../policies/factors-in-cells.ts'
import { UNIT_BYTES } from '../policies/history-body.ts'
import type { NamedVectors } from './named-vectors.ts'

export interface FactorsModel {
  /** First 16 hexadecimal digits of the SHA-256 of the bytes. */
  readonly version: string
  readonly bytes: Uint8Array
  readonly rank: number
  readonly items: number
  readonly units: number
  /** Items of the file that are not in the catalogue. */
  readonly unknownItems: number
  /** Whether an index points to where to look, and how well; or why every item is looked at. */
  readonly search: string
}

interface FactorsWorld {
  readonly catalogue: readonly CatalogueItem[]
  pseudonym(unit: string): Uint8Array
  /** How strangers are folded in: an index is tested with them where no shoppers come along. */
  readonly foldIn: FoldInParameters
}

const VERSION_DIGITS = 16

/** Throws a plain sentence when no item is known. The same vectors and catalogue give the same bytes. */
export function factorsModelOf(
  items: NamedVectors,
  units: NamedVectors | null,
  { catalogue, pseudonym, foldIn }: FactorsWorld,
): FactorsModel {
  const { numberOf } = catalogueOf(catalogue)
  const { rank } = items
  const known = items.names
    .map((name, from) => ({ item: numberOf(name), from }))
    .filter((one): one is { item: number; from: number } => one.item !== undefined)
    .sort((a, b) => a.item - b.item)
  if (known.length === 0) throw new Error(`None of the ${items.names.length} items is in the catalogue.`)
  const keyed = (units?.names ?? [])
    .map((name, from) => ({ key: Buffer.from(pseudonym(name)), from }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
  const keys = new Uint8Array(keyed.length * UNIT_BYTES)
  keyed.forEach(({ key }, row) => {
    keys.set(key, row * UNIT_BYTES)
  })
  const rows: FactorRows = {
    rank,
    items: Int32Array.from(known, ({ item }) => item),
    itemFactors: inOrder(items, known),
    units: keys,
    unitFactors: units ? inOrder(units, keyed) : new Float32Array(0),
  }
  const indexed = indexFactors(rows, foldIn)
  const bytes = packFactors(rows, indexed.kind === 'cells' ? indexed : null)
  return {
    version: createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_DIGITS),
    ...{ bytes, rank, items: known.length, units: keyed.length, unknownItems: items.names.length - known.length },
    search: indexNote(indexed),
  }
}

function inOrder({ values, rank }: NamedVectors, rows: readonly { readonly from: number }[]): Float32Array {
  const ordered = new Float32Array(rows.length * rank)
  rows.forEach(({ from }, row) => {
    ordered.set(values.subarray(from * rank, (from + 1) * rank), row * rank)
  })
  return ordered
}
