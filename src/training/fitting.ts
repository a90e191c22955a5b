/** Whether the rows kept by an earlier reading fit this database, this code and this machine; if not, one line says why. */
import { endianness } from 'node:os'
import { type KnownFile, type KnownHeader, openKnownFile } from './known-file.ts'
import { EVENTS_HASH } from './log-events.ts'
import type { KnownRows, Place } from './read-log.ts'

/** The file of kept rows, opened; null where there is none, or none that fits. */
export function openFitting({ path, onNote }: KnownRows, place: Place): KnownFile | null {
  try {
    const file = openKnownFile(path)
    const unfit = file && whyUnfit(file.header, place)
    if (unfit === null) return file
    file?.close()
    onNote(`Everything is read: ${path} ${unfit}.`)
  } catch (error) {
    onNote(`Everything is read: ${path} is of no use (${(error as Error).message}).`)
  }
  return null
}

function whyUnfit(header: KnownHeader, { origin, watermark }: Place): string | null {
  if (header.format !== 1 || header.events !== EVENTS_HASH || header.endianness !== endianness()) return 'is of another release'
  if (header.origin !== origin) return 'is of another database'
  if (BigInt(header.position) > BigInt(watermark)) return 'is ahead of the database, which was put back'
  return null
}
