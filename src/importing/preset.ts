/** A preset: how a well-known public file is read, by stated rules that are counted. It brings the items along with the interactions. */
import type { Unmappable } from './mapping.ts'
import type { InteractionRow, ItemRow, RowReader } from './row-reader.ts'

export interface Preset {
  readonly key: string
  readonly title: string
  /** Changes when the rules change: the same file is then another import. */
  readonly rulesVersion: number
  /** Rule → what it leaves out. */
  readonly rules: Readonly<Record<string, string>>
  /** Other things that a reader of the report should know. */
  readonly remarks: readonly string[]
  open(columns: readonly string[]): PresetReading | Unmappable
}

/** One reading of a file: rows come out one by one, items and facts when all of it was read. */
export interface PresetReading {
  readonly kind: 'reading'
  readonly read: RowReader<InteractionRow>
  items(): readonly ItemRow[]
  facts(): readonly Fact[]
}

/** A count over the whole file, whatever the rules did with a row, beside the number that was published for it. */
export interface Fact {
  readonly name: string
  readonly count: string
  /** Null when nothing was published, or when this is not the whole published file. */
  readonly published: string | null
}
