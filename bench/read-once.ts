/** For bench/reading.ts: reads the log once, as a training would, and tells what it took and what came of it. */
import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { MIB, rowsWithin } from '../src/training/memory-bound.ts'
import { readLog } from '../src/training/read-log.ts'
import { rounded } from './figures.ts'

/** What a process is told; without a path nothing is kept. */
export interface ReadingJob {
  readonly url: string
  readonly path?: string
}

const MEMORY_MB = 4_096
/** Later than every row. */
const NOW = 4_000_000_000

async function readOnce({ url, path }: ReadingJob): Promise<object> {
  const notes: string[] = []
  const doing = new Set<string>()
  const started = performance.now()
  const { data, unitKeys } = await readLog({
    ...{ databaseUrl: url, now: NOW, rowsMax: rowsWithin(MEMORY_MB * MIB) },
    ...(path !== undefined && { known: { path, onNote: (note: string) => notes.push(note) } }),
    onProgress: (_, what) => doing.add(what),
  })
  const seconds = rounded((performance.now() - started) / 1000)
  const hash = createHash('sha256')
  for (const column of [data.units, data.items, data.weights, data.seconds, data.baskets!, unitKeys]) hash.update(column)
  return {
    ...{ seconds, memoryMb: Math.round(process.resourceUsage().maxRSS / 1024), doing: [...doing], notes },
    ...{ rows: data.items.length, shoppers: data.unitCount, hash: hash.digest('hex').slice(0, 16) },
  }
}

console.log(JSON.stringify(await readOnce(JSON.parse(await text(process.stdin)) as ReadingJob)))
