/**
 * The table of kill switches with a copy on disk: what was switched off stays off in a node that starts while the database is away.
 *
 * Someone has switched a policy off for a reason; a restart at the wrong moment is none to switch it on again.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { TableFlag } from '../flags/table-flags.ts'
import type { Logger } from '../store/logger.ts'

export interface KeptFlagsOptions {
  readonly read: () => Promise<readonly TableFlag[]>
  readonly file: string
  readonly log: Logger
}

/** Reads the table; as long as it could never be read in this life, the copy. Rejects when there is neither, or when a later reading fails. */
export function keptFlags({ read, file, log }: KeptFlagsOptions): () => Promise<readonly TableFlag[]> {
  let known = false
  return async () => {
    try {
      const flags = (await read()).map(({ key, value }) => ({ key, value }))
      known = true
      keep(file, JSON.stringify(flags), log)
      return flags
    } catch (error) {
      const text = known ? null : textOf(file)
      if (text === null) throw error
      return JSON.parse(text) as readonly TableFlag[]
    }
  }
}

function keep(file: string, text: string, log: Logger): void {
  if (textOf(file) === text) return
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    log.warn(`The copy of the kill switches could not be written: ${(error as Error).message}`)
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
