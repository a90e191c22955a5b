/**
 * Vectors from a text file, plain or gzip.
 *
 *     NDJSON   {"itemId": "SKU-1", "factors": [0.1, …]} a line; {"unit": "shopper-42", "factors": […]} for shoppers, in the same file or another
 *     CSV      itemId,f0,f1,…  with a header whose first column says itemId or unit
 */
import { csvSplitter } from './csv.ts'
import { gatherVectors, type NamedVectors } from './named-vectors.ts'
import { identify, textSource } from './text-source.ts'

export interface VectorFile {
  readonly items: NamedVectors
  readonly units: NamedVectors
}

type LineReader = { push(text: string): void; end(): void }

/** Reads a file; rejects with a sentence that names the line of the first fault. */
export async function readVectorFile(path: string): Promise<VectorFile> {
  const identity = await identify(path, 'Nothing was imported.', () => undefined)
  const items = gatherVectors()
  const units = gatherVectors()
  const add = (key: string, name: string, { vector, line }: { readonly vector: unknown; readonly line: number }): void => {
    if (name === '') throw new Error(`${path}, line ${line}: there is no ${key}.`)
    const into = key === 'itemId' ? items : units
    into.add(name, vector, `${path}, line ${line}`)
  }
  let reader: LineReader | null = null
  for await (const block of textSource(path, identity, 'utf-8').blocks()) {
    reader ??= block.trimStart().startsWith('{') ? jsonLines(path, add) : csvLines(path, add)
    reader.push(block)
  }
  reader?.end()
  return { items: items.gathered(), units: units.gathered() }
}

type Add = (key: string, name: string, found: { readonly vector: unknown; readonly line: number }) => void

function jsonLines(path: string, add: Add): LineReader {
  let rest = ''
  let line = 0
  const read = (text: string): void => {
    line++
    if (text.trim() === '') return
    const row = objectIn(text)
    if (row === null) throw new Error(`${path}, line ${line}: not a JSON object.`)
    const key = typeof row.itemId === 'string' ? 'itemId' : 'unit'
    add(key, typeof row[key] === 'string' ? row[key] : '', { vector: row.factors, line })
  }
  return {
    push: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      lines.forEach(read)
    },
    end: () => read(rest),
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function csvLines(path: string, add: Add): LineReader {
  let key = ''
  return csvSplitter(',', {
    record: ([name = '', ...cells], line) => {
      if (key !== '') return add(key, name, { vector: cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))), line })
      if (name !== 'itemId' && name !== 'unit') throw new Error(`${path}: the first column has to be itemId or unit, not "${name}".`)
      key = name
    },
    broken: (reason, line) => {
      throw new Error(`${path}, line ${line}: ${reason.replaceAll('-', ' ')}.`)
    },
  })
}
