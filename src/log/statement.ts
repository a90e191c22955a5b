/** SQL statements live in files of their own, one each, and are read once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The text of sql/<name>.sql, without its comments. */
export function statement(name: string): string {
  return readFileSync(join(import.meta.dirname, 'sql', `${name}.sql`), 'utf8')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .trim()
}
