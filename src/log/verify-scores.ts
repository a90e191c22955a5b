/**
 * Verify of scores: unit-days and cells equal a recount of the log (recount-scores), bit for bit.
 *
 * A log has more unit-days than fit into memory, so they are compared by cell: how many, and a sum of 64 bits of a hash of each. Whatever
 * differs in one of them shows there, and in the sums of the cell.
 */
import type { ClientBase } from 'pg'
import { eachRow } from './cursor.ts'
import { digestOf, type RecountedCell } from './recount-scores.ts'
import { statement } from './statement.ts'
import type { Difference } from './verify.ts'

const SQL = { periods: statement('verify-unit-periods'), cells: statement('verify-aipw-cells') }
const COLUMNS = [
  ...[
    'sums',
    'products',
    'counts',
    'expected',
    'covariance',
    'inverse',
    'weights',
    'squared_weights',
    'outcomes',
    'outcome_squares',
    'weighted',
    'weighted_squares',
  ],
]

type StoredCell = readonly [cell: string, units: string, ...sums: (readonly string[])[]]

/** Needs verify's transaction; `patienceMs` is for one batch of rows. Rejects with PostgreSQL's error. */
export async function verifyScores(
  client: ClientBase,
  recounted: ReadonlyMap<string, RecountedCell>,
  patienceMs: number,
): Promise<{ readonly cells: number; readonly differences: readonly Difference[] }> {
  const missing = new Map(recounted)
  const differences: Difference[] = []
  let cells = 0
  await eachRow<StoredCell>(client, { text: SQL.cells, values: [], patienceMs }, ([name, units, ...stored]) => {
    cells += 1
    const cell = missing.get(name)
    missing.delete(name)
    differences.push(...different(name, 'units', units, cell ? String(cell.units) : null))
    stored.forEach((values, part) => {
      const other = cell?.sums[part] ?? []
      for (let i = 0; i < Math.max(values.length, other.length); i++)
        differences.push(...different(name, `${COLUMNS[part]} ${i + 1}`, values[i] ?? null, other[i]?.toString() ?? null))
    })
  })
  for (const [name, { units }] of missing) differences.push(...different(name, 'units', null, String(units)))
  return { cells, differences: [...differences, ...(await periodDifferences(client, recounted, patienceMs))] }
}

async function periodDifferences(
  client: ClientBase,
  recounted: ReadonlyMap<string, RecountedCell>,
  patienceMs: number,
): Promise<readonly Difference[]> {
  const stored = new Map<string, { units: bigint; digest: bigint }>()
  const row = { text: SQL.periods, values: [], patienceMs }
  await eachRow<readonly [cell: string, unit: string, scores: string]>(client, row, ([cell, unit, scores]) => {
    const known = stored.get(cell) ?? { units: 0n, digest: 0n }
    stored.set(cell, known)
    known.units += 1n
    known.digest = BigInt.asUintN(64, known.digest + digestOf(unit, scores))
  })
  const names = new Set([...stored.keys(), ...recounted.keys()])
  const said = (one: { readonly units: bigint; readonly digest: bigint } | undefined) => (one ? `${one.units} ${one.digest}` : null)
  return [...names].flatMap((name) => {
    const [one, other] = [said(stored.get(name)), said(recounted.get(name))]
    return one === other ? [] : [{ part: 'unit_periods', id: name, stored: one, recounted: other }]
  })
}

function different(cell: string, id: string, stored: string | null, recounted: string | null): readonly Difference[] {
  return stored === recounted ? [] : [{ part: 'aipw_cells', id: `${cell} ${id}`, stored, recounted }]
}
