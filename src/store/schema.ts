/**
 * The schema as one readable text: what the migrations add up to, asked of the database's own catalogue.
 *
 * migrations/schema.sql is this text, kept so that a change of schema can be read in a review; a test compares the two. Monthly partitions
 * are left out, for they come and go with the calendar.
 */
import type { Pool } from 'pg'

const HEADER = '-- What the migrations add up to. Generated from the catalogue of a migrated database ("npm run generate"); do not edit.\n'

const TABLES = `
SELECT
  c.oid::int8 AS id,
  c.relname AS name,
  pg_get_partkeydef(c.oid) AS partitioned,
  pg_get_expr(c.relpartbound, c.oid) AS bound,
  parent.relname AS parent
FROM pg_class c
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'knex%'
ORDER BY coalesce(parent.relname, c.relname), parent.relname IS NOT NULL, c.relname`

const COLUMNS = `
SELECT
  a.attname AS name,
  format_type(a.atttypid, a.atttypmod) AS type,
  a.attnotnull AS required,
  a.attidentity AS identity,
  pg_get_expr(d.adbin, d.adrelid) AS value
FROM pg_attribute a
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

const CONSTRAINTS = `
SELECT pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k
WHERE k.conrelid = $1 AND k.contype <> 'n'
ORDER BY k.contype <> 'p', k.conname`

const INDEXES = `
SELECT pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
WHERE i.indrelid = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY 1`

const FUNCTIONS = `
SELECT pg_get_functiondef(p.oid) AS definition
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
ORDER BY p.proname`

interface Table {
  readonly id: bigint
  readonly name: string
  readonly partitioned: string | null
  readonly bound: string | null
  readonly parent: string | null
}

interface Column {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly identity: string
  readonly value: string | null
}

const MONTH = /_\d{4}_\d{2}$/

/** The schema of a database as SQL, in the order of names. */
export async function schemaText(pool: Pool): Promise<string> {
  const parts: string[] = []
  const { rows: tables } = await pool.query<Table>(TABLES)
  for (const table of tables) if (!MONTH.test(table.name)) parts.push(await tableText(pool, table))
  for (const definition of await definitions(pool, FUNCTIONS)) parts.push(`${definition.trim()};\n`)
  return [HEADER, ...parts].join('\n')
}

async function tableText(pool: Pool, table: Table): Promise<string> {
  if (table.parent) return `CREATE TABLE ${table.name} PARTITION OF ${table.parent} ${table.bound};\n`
  const { rows: columns } = await pool.query<Column>(COLUMNS, [table.id])
  const constraints = await definitions(pool, CONSTRAINTS, table.id)
  const indexes = await definitions(pool, INDEXES, table.id)
  const lines = [...columns.map(columnText), ...constraints].map((line) => `  ${line}`).join(',\n')
  const partition = table.partitioned ? ` PARTITION BY ${table.partitioned}` : ''
  return [`CREATE TABLE ${table.name} (\n${lines}\n)${partition};`, ...indexes.map((index) => `${index};`), ''].join('\n')
}

function columnText({ name, type, required, identity, value }: Column): string {
  const made = identity === 'a' ? ' GENERATED ALWAYS AS IDENTITY' : value === null ? '' : ` DEFAULT ${value}`
  return `${name} ${type}${required ? ' NOT NULL' : ''}${made}`
}

async function definitions(pool: Pool, sql: string, id?: bigint): Promise<readonly string[]> {
  const { rows } = await pool.query<{ definition: string }>(sql, id === undefined ? [] : [id])
  return rows.map((row) => row.definition)
}
