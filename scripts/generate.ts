/** Writes the generated pages: node scripts/generate.ts */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pages } from './pages.ts'
import { schemaSql } from './schema-sql.ts'

const root = join(import.meta.dirname, '..')
for (const [path, text] of [...pages(), ['migrations/schema.sql', await schemaSql()] as const]) {
  writeFileSync(join(root, path), text)
  console.log(path)
}
