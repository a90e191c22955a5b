/** One reading of a CSV file, block by block: the header first, then every row with its line. A file may be larger than memory. */
import { csvSplitter } from '../importing/csv.ts'
import { SNIFFED_CHARS, sniff } from '../importing/sniff.ts'
import { type FileIdentity, textSource } from '../importing/text-source.ts'
import type { Progress } from './progress.ts'

export interface CsvFile {
  readonly path: string
  readonly identity: FileIdentity
  /** Between cells; "auto" finds it out. */
  readonly delimiter: string
  readonly encoding: string
}

export interface RowSink {
  /** The array of cells is used again for the next row. */
  row(cells: readonly string[], line: number): void
  broken(reason: string, line: number): void
}

/** What the header says: its columns, and whether 12,5 may be a number because commas do not separate cells. */
export interface Header {
  readonly columns: readonly string[]
  readonly commaAllowed: boolean
}

/** Hands the rows to the sink that `open` makes of the header, and returns it. */
export async function readRows<Sink extends RowSink>(
  { path, identity, delimiter: asked, encoding }: CsvFile,
  progress: Progress,
  open: (header: Header) => Sink,
): Promise<Sink> {
  const source = textSource(path, identity, encoding)
  const blocks = source.blocks()[Symbol.asyncIterator]()
  const first = await firstText(blocks)
  const { format, columns } = sniff(first, { format: 'csv', delimiter: asked }, [])
  const delimiter = format.kind === 'csv' ? format.delimiter : ','
  const sink = open({ columns, commaAllowed: delimiter !== ',' })
  let rows = -1
  const splitter = csvSplitter(delimiter, {
    record(cells, line) {
      if (++rows > 0) sink.row(cells, line)
    },
    broken: (reason, line) => sink.broken(reason.replaceAll('-', ' '), line),
  })
  splitter.push(first)
  for (let block = await blocks.next(); !block.done; block = await blocks.next()) {
    splitter.push(block.value)
    progress.at(source.bytesRead(), identity.bytes, Math.max(rows, 0))
  }
  splitter.end()
  if (rows < 1) throw new Error(`${path} has a header and no rows.`)
  return sink
}

/** Enough text to see the header and the delimiter. */
async function firstText(blocks: AsyncIterator<string>): Promise<string> {
  let text = ''
  while (text.length < SNIFFED_CHARS) {
    const block = await blocks.next()
    if (block.done) break
    text += block.value
  }
  return text
}
