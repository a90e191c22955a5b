/** The text of migrations/schema.sql: asked of a new PostgreSQL that is migrated and thrown away. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/store/database.ts'
import { openEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { schemaText } from '../src/store/schema.ts'

export async function schemaSql(): Promise<string> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'croupier-schema-'))
  chmodSync(dataFolder, 0o711)
  const embedded = await openEmbedded({ dataFolder, log: { info() {}, warn: console.warn, error: console.error } })
  try {
    await migrate(embedded.url)
    const database = openDatabase(embedded.url)
    const text = await schemaText(database.admin)
    await database.close()
    return text
  } finally {
    await embedded.close()
    rmSync(dataFolder, { recursive: true })
  }
}
