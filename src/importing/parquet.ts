/** Parquet as Spark leaves it: a folder of part files, or one file. The one door to hyparquet; gzip and zstd are Node's own. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, type Compressors, parquetReadObjects } from 'hyparquet'

const COMPRESSORS: Compressors = {
  GZIP: (input) => new Uint8Array(gunzipSync(input)),
  ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)),
}

/** The rows of every part, in the order of the parts' names. Rejects with a sentence that names the file. */
export async function* parquetRows(path: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for (const part of await partsOf(path)) {
    let rows: readonly Record<string, unknown>[]
    try {
      rows = await parquetReadObjects({ file: await asyncBufferFromFile(part), compressors: COMPRESSORS })
    } catch (error) {
      throw new Error(`${part} cannot be read as Parquet: ${(error as Error).message}`, { cause: error })
    }
    yield* rows
  }
}

async function partsOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null)
  if (!found) throw new Error(`There is no ${path}.`)
  if (found.isFile()) return [path]
  const parts = (await readdir(path)).filter((name) => /\.parquet$/.test(name) && !/^[._]/.test(basename(name))).sort()
  if (parts.length === 0) throw new Error(`${path} holds no Parquet files.`)
  return parts.map((name) => join(path, name))
}
