/** A row writer: collects accepted rows into batches; each batch is one transaction that also notes the import's progress. */
import type { Progress } from './import-record.ts'

export interface RowWriter<Row> {
  /** Rows collected since the last batch was taken. */
  readonly waiting: number
  add(line: number, row: Row): void
  /** Takes what waits as a batch; calling it writes rows and progress together. Batches have to be written in their order, one by one. */
  take(progress: Progress): () => Promise<void>
  /** What was written by this process. */
  readonly written: Written
}

export interface Written {
  itemsAdded: number
  itemsChanged: number
}

/** Adds what was written to a sum. */
export function addUp(sum: Written, more: Readonly<Written>): void {
  sum.itemsAdded += more.itemsAdded
  sum.itemsChanged += more.itemsChanged
}
