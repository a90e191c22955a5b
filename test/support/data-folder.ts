import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A data folder for a test. PostgreSQL's own user may pass through it, so that its cluster lies inside also when root runs the tests. */
export function temporaryDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'croupier-data-'))
  chmodSync(folder, 0o711)
  return folder
}

/** Removes a data folder, and its cluster where that lies elsewhere. */
export function removeDataFolder(folder: string): void {
  const pointer = join(folder, 'postgres.location')
  if (existsSync(pointer)) rmSync(readFileSync(pointer, 'utf8').trim(), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
