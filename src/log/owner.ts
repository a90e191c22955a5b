/**
 * Which process a spool segment belongs to: two processes may share a folder for a moment (one starts while the other still drains), and
 * nobody may take a file away from a living writer.
 *
 * A process is its number and, where the system tells it, the tick it was started at: numbers are used again.
 */
import { readFileSync } from 'node:fs'

/** This process, as text without "-": `pid.start`. */
export const OWNER = `${process.pid}.${startOf(process.pid) ?? 0}`

/** Whether the process that named itself so still runs. */
export function isAlive(owner: string): boolean {
  const [pid, start] = owner.split('.').map(Number)
  if (!pid || !runs(pid)) return false
  const now = startOf(pid)
  return now === undefined || now === start
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/<pid>/stat; undefined where there is no such file. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}
