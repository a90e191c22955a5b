/**
 * The file of slates: one a line, in the order of the units. It grows as <out>.part and gets its name when it is whole.
 *
 *     {"batch":"…","line":3,"unit":"a","decisionId":…,"items":[…],…,"token":"v1.…"}
 *
 * A part that an earlier run left behind is gone on with: its whole lines stay, a torn last line is cut off and dealt again.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { createInterface } from 'node:readline'

export interface SlatesFile {
  /** Units that stand in it from an earlier run. */
  readonly known: ReadonlySet<string>
  append(lines: readonly string[]): Promise<void>
  /** On disk and under its own name. */
  finish(): Promise<void>
  /** Leaves the part for the next run. */
  close(): Promise<void>
}

/** Only who may read the shoppers’ names. */
const MODE = 0o600

/** Opens the part of a batch. Rejects with a sentence when it belongs to another batch. */
export async function openSlatesFile(path: string, batch: string): Promise<SlatesFile> {
  const part = `${path}.part`
  const { units, bytes } = await whatStands(part, batch)
  const file: FileHandle = await open(part, 'a', MODE)
  await file.truncate(bytes)
  return {
    known: units,
    append: async (lines) => {
      if (lines.length > 0) await file.appendFile(`${lines.join('\n')}\n`)
    },
    async finish() {
      await file.sync()
      await file.close()
      await rename(part, path)
    },
    close: () => file.close(),
  }
}

/** One line of the file; the answer is a JSON object as text. */
export function slateLine({ batch, line, unit }: { batch: string; line: number; unit: string }, answer: string): string {
  return `${JSON.stringify({ batch, line, unit }).slice(0, -1)},${answer.slice(1)}`
}

/** Units of the whole lines, and how many bytes those lines have. */
async function whatStands(part: string, batch: string): Promise<{ readonly units: ReadonlySet<string>; readonly bytes: number }> {
  const units = new Set<string>()
  const input = createReadStream(part, { encoding: 'utf8' })
  const size = await new Promise<number | null>((resolve, reject) => {
    input.once('open', () => resolve(0))
    input.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)))
  })
  if (size === null) return { units, bytes: 0 }
  let bytes = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const found = slateIn(text)
    if (found === null) break
    if (found.batch !== batch)
      throw new Error(`${part} is the unfinished part of the batch ${found.batch}: finish that one, remove it, or name another --out.`)
    units.add(found.unit)
    bytes += Buffer.byteLength(text) + 1
  }
  return { units, bytes }
}

/** Null for a line that is not whole. */
function slateIn(text: string): { readonly batch: string; readonly unit: string } | null {
  try {
    return JSON.parse(text) as { batch: string; unit: string }
  } catch {
    return null
  }
}
