/** A row reader: turns the cells of a record into a row that can be stored, or says why not. Deterministic; no clock, no database. */
import type { DecimalMark } from './decimal.ts'
import type { Verdict } from './refusal.ts'

/** `cells` has as many entries as the mapping has columns; `raw` is the record as it stands in the file. */
export type RowReader<Row> = (cells: readonly string[], raw: string) => Verdict<Row>

export interface ReadingOptions {
  /** Currency of money whose row names none. */
  readonly currency: string
  readonly decimal: DecimalMark
}

/** An item as the file describes it; undefined fields have no column and leave what is stored alone. */
export interface ItemRow {
  readonly itemId: string
  readonly title?: string
  readonly category?: string | null
  readonly brand?: string | null
  readonly seller?: string | null
  readonly priceMinor?: number | null
  readonly marginMinor?: number | null
  readonly currency?: string | null
  readonly stock?: number | null
  /** Null: everywhere. */
  readonly countries?: readonly string[] | null
  readonly discontinued?: boolean
  readonly attributes?: Readonly<Record<string, string>>
}

export interface InteractionRow {
  /** The shop's name of the shopper; stored as a pseudonym only. Null: nobody knows who. */
  readonly unit: string | null
  readonly itemId: string
  /** Title for an item that is not in the catalogue yet. */
  readonly title: string
  readonly type: string
  /** Returns: quantity and money ≤ 0. */
  readonly quantity: number
  readonly valueMinor: number | null
  readonly currency: string | null
  readonly basket: string | null
  /** Milliseconds since 1970. */
  readonly occurredAt: number
}
