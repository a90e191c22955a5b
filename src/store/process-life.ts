/**
 * Whether a process still lives, by its id and the moment of its birth.
 *
 * An id alone is not enough: ids are given again, and in containers the same few come back at every start. A zombie counts as dead.
 */
import { readFileSync } from 'node:fs'

/** Signals nobody. True for a live process, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return procStat(pid)?.state !== 'Z'
}

/** A text that differs between two processes which had the same id; '' where the system does not tell. */
export function birthOf(pid: number): string {
  return procStat(pid)?.started ?? ''
}

/** The program's short name, or null where the system does not tell. */
export function programOf(pid: number): string | null {
  return procStat(pid)?.program ?? null
}

/** /proc/<pid>/stat of Linux: "pid (program) state …", the 22nd field being the start in clock ticks since boot. */
function procStat(pid: number): { program: string; state: string; started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const fields = text.slice(end + 2).split(' ')
    return { program: text.slice(text.indexOf('(') + 1, end), state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return null
  }
}
