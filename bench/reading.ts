/**
 * What reading the log costs a training, all of it and only what is new, each in a process of its own.
 *
 *     node bench/reading.ts [interactions] [new ones]
 *
 * Seconds of reading with the file that is kept for the next time, the largest resident memory of the process, and a hash of everything that models
 * would see: both ways must give the same. A hundredth of the new rows comes late, with times of long ago.
 */
import { statSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { MIB } from '../src/training/memory-bound.ts'
import { runToEnd } from './child.ts'
import { rounded } from './figures.ts'
import { type Ground, openGround, withClient } from './ground.ts'
import type { ReadingJob } from './read-once.ts'
import { machineNow } from './table.ts'

const ITEMS = 100_000
const SHOPPERS = 200_000
const DAYS = 365
const ONCE = join(import.meta.dirname, 'read-once.ts')

async function fill(
  url: string,
  { from, to, daysAgo }: { readonly from: number; readonly to: number; readonly daysAgo: number },
): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
       SELECT decode(md5('unit ' || ((i / 5) * 7919::bigint) % ${SHOPPERS}), 'hex'), 1 + floor(${ITEMS} * random() ^ 2)::integer,
         CASE WHEN random() < 0.7 THEN 'view' ELSE 'purchase' END, 1,
         now() - interval '1 day' * CASE WHEN $3 = 0 AND i % 100 = 0 THEN ${DAYS} * random() ELSE $3 * random() END
       FROM generate_series($1::integer, $2::integer) AS i`,
      [from, to, daysAgo],
    )
    await client.query('ANALYZE interactions')
  })
}

async function measured(what: string, job: ReadingJob): Promise<object> {
  console.error(`${(performance.now() / 1000).toFixed(0)} s  ${what}`)
  return { what, ...JSON.parse(await runToEnd(ONCE, JSON.stringify(job))), load: rounded(loadavg()[0]!, 1) }
}

async function measure(ground: Ground, { rows, more }: { readonly rows: number; readonly more: number }): Promise<object> {
  const url = await ground.database('bench_reading')
  const path = join(ground.folder, 'known-rows')
  await withClient(url, (client) =>
    client.query(`INSERT INTO items (item_id, title) SELECT 'item-' || i, 'thing ' || i FROM generate_series(1, ${ITEMS}) AS i`),
  )
  await fill(url, { from: 1, to: rows, daysAgo: DAYS })
  const first = await measured('everything, kept for the next time', { url, path })
  await fill(url, { from: rows + 1, to: rows + more, daysAgo: 0 })
  const steps = [first, await measured('what is new', { url, path }), await measured('everything again, nothing kept', { url })]
  return { machine: machineNow(), rows, more, fileMb: Math.round(statSync(path).size / MIB), steps }
}

const [rows = 5_000_000, more = 50_000] = process.argv.slice(2).map(Number)
const ground = await openGround()
try {
  console.log(JSON.stringify(await measure(ground, { rows, more }), null, 2))
} finally {
  await ground.close()
}
