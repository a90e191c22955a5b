/**
 * A history in memory: a file of interactions read into columns, as policies learn from them, without a database.
 *
 * The same reading as an import: the same mappings, presets, rules and refusals. Shoppers, baskets and items get dense numbers in the order
 * of first sight, items from 1; rows come out oldest first, equal times in the order of the file. About 25 bytes a row.
 */
import type { CatalogueItem } from '../policies/catalogue.ts'
import { INTERACTION_WEIGHTS } from '../policies/interaction-weight.ts'
import type { TrainingData } from '../policies/policy.ts'
import { textOf } from '../policies/words.ts'
import { beginningOf, chain } from './beginning.ts'
import { detached } from './memory.ts'
import { openReading, type Reading, type ReadingRequest } from './reading.ts'
import type { InteractionRow, ItemRow } from './row-reader.ts'
import { type FormatOptions, sniff } from './sniff.ts'
import { type Counts, openTally } from './tally.ts'
import { identify, textSource } from './text-source.ts'

export interface InteractionTable {
  /** `now` is the time of the last row. */
  readonly data: TrainingData & { readonly baskets: Int32Array }
  /** By item number from 1. */
  readonly items: readonly CatalogueItem[]
  readonly counts: Counts
  /** Currency of the items' prices; null where none is known. */
  readonly currency: string | null
  /** Columns that nobody read, and whether one said what was done; without one every row is a purchase. */
  readonly unread: readonly string[]
  readonly hasTypes: boolean
}

export type TableRequest = Omit<ReadingRequest, 'kind'> & FormatOptions & { readonly path: string }

/** Told about what goes on; called often. */
export type TableWatch = (bytes: number, bytesTotal: number, rows: number) => void

/** Reads a file of interactions. Rejects with a sentence when the file is at fault or holds nothing that teaches. */
export async function readInteractionTable(request: TableRequest, watch: TableWatch): Promise<InteractionTable> {
  const file = await identify(request.path, 'Nothing was read.', () => undefined)
  const source = textSource(request.path, file, request.encoding)
  const { head, rest } = await beginningOf(source.blocks())
  const reading = openReading({ ...request, kind: 'interactions' }, sniff(head, request, [...request.asked.values()]))
  const columns = newColumns()
  const tally = openTally()
  const splitter = reading.splitter({
    note: tally.note,
    row(verdict) {
      tally.take(verdict)
      if (verdict.kind === 'accepted') columns.add(verdict.row as InteractionRow)
    },
  })
  for await (const block of chain(head, rest)) {
    splitter.push(block)
    watch(source.bytesRead(), file.bytes, columns.rows)
  }
  splitter.end()
  if (columns.rows === 0) throw new Error(`${request.path} holds no interaction that teaches anything.`)
  const hasTypes = request.preset !== null || 'type' in reading.columns
  return { ...columns.table(reading, tally.counts()), unread: reading.unused, hasTypes }
}

/** Columns that grow by doubling. */
function newColumns() {
  let capacity = 1 << 16
  let units = new Int32Array(capacity)
  let items = new Int32Array(capacity)
  let baskets = new Int32Array(capacity)
  let weights = new Float32Array(capacity)
  let seconds = new Float64Array(capacity)
  let rows = 0
  const unitNumbers = newNumbers(0)
  const itemNumbers = newNumbers(1)
  const basketNumbers = newNumbers(0)
  const titles: string[] = ['']

  const grow = (): void => {
    capacity *= 2
    units = larger(units, new Int32Array(capacity))
    items = larger(items, new Int32Array(capacity))
    baskets = larger(baskets, new Int32Array(capacity))
    weights = larger(weights, new Float32Array(capacity))
    seconds = larger(seconds, new Float64Array(capacity))
  }

  return {
    get rows() {
      return rows
    },
    add(row: InteractionRow): void {
      const weight = INTERACTION_WEIGHTS[row.type]
      if (weight === undefined) return
      if (rows === capacity) grow()
      const item = itemNumbers.of(row.itemId)
      if (item === titles.length) titles.push(detached(row.title))
      units[rows] = row.unit === null ? -1 : unitNumbers.of(row.unit)
      items[rows] = item
      baskets[rows] = row.basket === null ? -1 : basketNumbers.of(row.basket)
      weights[rows] = weight
      seconds[rows++] = row.occurredAt / 1000
    },
    table(reading: Reading, counts: Counts): Omit<InteractionTable, 'unread' | 'hasTypes'> {
      const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => seconds[a]! - seconds[b]! || a - b)
      const described = describe([...itemNumbers.names()], titles, reading.catalogue().items)
      const itemCount = titles.length
      const texts = new Array<string>(itemCount).fill('')
      const categories = new Array<string | null>(itemCount).fill(null)
      for (const { item, text } of described) {
        texts[item.itemNo] = text
        categories[item.itemNo] = item.category
      }
      return {
        data: {
          units: Int32Array.from(order, (row) => units[row]!),
          items: Int32Array.from(order, (row) => items[row]!),
          baskets: Int32Array.from(order, (row) => baskets[row]!),
          weights: Float32Array.from(order, (row) => weights[row]!),
          seconds: Float64Array.from(order, (row) => seconds[row]!),
          unitCount: unitNumbers.count,
          itemCount,
          texts,
          categories,
          now: seconds[order[rows - 1]!]!,
        },
        items: described.map(({ item }) => item),
        counts,
        currency: reading.catalogue().items.find(({ currency }) => currency)?.currency ?? null,
      }
    },
  }
}

/** Dense numbers for names, from `first`. */
function newNumbers(first: number) {
  const numbers = new Map<string, number>()
  return {
    get count() {
      return numbers.size
    },
    names: () => numbers.keys(),
    of(name: string): number {
      const known = numbers.get(name)
      if (known !== undefined) return known
      const number = first + numbers.size
      numbers.set(detached(name), number)
      return number
    },
  }
}

interface Described {
  readonly item: CatalogueItem
  readonly text: string
}

/** The items of the rows, in the words of the catalogue that the file brings along, if it does. */
function describe(ids: readonly string[], titles: readonly string[], catalogue: readonly ItemRow[]): readonly Described[] {
  const byId = new Map(catalogue.map((row) => [row.itemId, row]))
  return ids.map((itemId, index) => {
    const row = byId.get(itemId)
    const words = { title: row?.title ?? titles[index + 1]!, category: row?.category ?? null, brand: row?.brand ?? null }
    const item: CatalogueItem = {
      itemNo: index + 1,
      itemId,
      ...words,
      priceMinor: row?.priceMinor ?? null,
      marginMinor: row?.marginMinor ?? null,
      stock: row?.stock ?? null,
      discontinued: row?.discontinued ?? false,
    }
    return { item, text: textOf({ ...words, attributes: row?.attributes ?? {} }) }
  })
}

function larger<Column extends Int32Array | Float32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
