import { expect } from 'vitest'
import { foldAll } from '../../src/log/fold-all.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { PATIENT } from '../log/sample.ts'
import type { Call } from '../support/service.ts'
import { until } from '../support/until.ts'

/** What was acknowledged, to be found in the log: each once. */
export interface Acknowledged {
  readonly decisions: readonly string[]
  readonly outcomes: readonly string[]
}

/** Looks for everything that was acknowledged, recounts the log, and compares. The spool has to be empty by now. */
export async function expectBooksInOrder(url: string, { decisions, outcomes }: Acknowledged): Promise<void> {
  const database = openDatabase(url)
  try {
    await foldUntilCaughtUp(database)
    expect(await missing(database, 'exposures', 'decision_id', decisions)).toEqual([])
    expect(await missing(database, 'outcomes', 'outcome_id', outcomes)).toEqual([])
    expect(await doubles(database, 'exposures', 'decision_id')).toEqual([])
    expect(await doubles(database, 'outcomes', 'outcome_id')).toEqual([])
    expect(await verify(database)).toMatchObject({ equal: true, differences: 0, first: [] })
    const { rows } = await database.learner.query(
      `SELECT (SELECT sum(n) FROM exposure_cells)::int AS counted, (SELECT count(*) FROM exposures WHERE epoch_id IS NOT NULL)::int AS logged`,
    )
    expect(rows[0].counted).toBe(rows[0].logged)
  } finally {
    await database.close()
  }
}

/** On a loaded machine somebody else's transaction may hold the fold back for a moment. */
async function foldUntilCaughtUp(database: Database): Promise<void> {
  await until(async () => (await foldAll(database, PATIENT)).caughtUp)
}

async function missing(database: Database, table: string, column: string, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await database.learner.query(
    `SELECT given.id FROM unnest($1::text[]) AS given (id) WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.${column}::text = given.id) LIMIT 5`,
    [[...new Set(ids)]],
  )
  return rows.map(({ id }) => id)
}

async function doubles(database: Database, table: string, column: string): Promise<readonly string[]> {
  const { rows } = await database.learner.query(`SELECT ${column}::text AS id FROM ${table} GROUP BY 1 HAVING count(*) > 1 LIMIT 5`)
  return rows.map(({ id }) => id)
}

/** Waits until nothing waits on this node's disk. */
export async function untilDrained(call: Call): Promise<void> {
  await until(async () => (await backlogOf(call)) === 0)
}

/** Bytes that wait in the spools, as the metrics page tells. */
export async function backlogOf(call: Call): Promise<number> {
  const { text } = await call('GET', '/metrics')
  const lines = text.split('\n').filter((line) => /^croupier_spool\S*bytes/.test(line))
  expect(lines.length).toBeGreaterThan(0)
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/**
 * Repeats work during which a row went to a disk because PostgreSQL was slow: a node that decides on its own for a moment cannot know what
 * another one answers meanwhile. `nodes` are all that the work asks.
 */
export async function undisturbed<Result>(nodes: readonly Call[], work: () => Promise<Result>): Promise<Result> {
  const spooled = async () => (await Promise.all(nodes.map(spooledOf))).join()
  for (let tries = 1; ; tries++) {
    const before = await spooled()
    const result = await work()
    if (before === (await spooled()) || tries === 20) return result
  }
}

async function spooledOf(call: Call): Promise<string> {
  const { text } = await call('GET', '/metrics')
  return text
    .split('\n')
    .filter((line) => /^croupier_log_events_total.*event="(spooled|queued)"/.test(line))
    .join()
}

/** A running experiment on the surface "home", with two arms. */
export async function startExperiment(call: Call, key: string, body: object = {}): Promise<void> {
  const arms = [
    { key: 'control', policy: 'popularity' },
    { key: 'treatment', policy: 'hybrid' },
  ]
  const made = await call('POST', '/v1/experiments', { key, surface: 'home', arms, plan: { unitsPerArm: 10 }, ...body })
  expect(made.status, made.text).toBe(201)
  const started = await call('POST', `/v1/experiments/${key}/start`)
  expect(started.status, started.text).toBe(200)
}

/** Twelve items to show. */
export async function fillShelves(call: Call): Promise<void> {
  const items = Array.from({ length: 12 }, (_, i) => ({
    itemId: `SKU-${i + 1}`,
    title: `Shoe ${i + 1}`,
    price: '19.99',
    currency: 'EUR',
    stock: 9,
  }))
  const answer = await call('POST', '/v1/items', items)
  expect(answer.status, answer.text).toBe(200)
}
