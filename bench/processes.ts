/** What processes cost, as Linux counts it in /proc; null elsewhere. */
import { readdirSync, readFileSync } from 'node:fs'

const TICK_MS = 10
/** Fields of /proc/<pid>/stat behind the name, which may hold blanks. */
const FIELD = { parent: 1, user: 11, system: 12, childUser: 13, childSystem: 14 }

/** Processor milliseconds of a process so far; with `tree` also those of its children, ended ones included. */
export function processorMs(pid: number, { tree = false } = {}): number | null {
  const own = statOf(pid)
  if (!own) return null
  if (!tree) return TICK_MS * (own[FIELD.user]! + own[FIELD.system]!)
  const ticks = (stat: readonly number[]) => stat[FIELD.user]! + stat[FIELD.system]!
  const ended = own[FIELD.childUser]! + own[FIELD.childSystem]!
  const living = childrenOf(pid).reduce((sum, child) => sum + ticks(statOf(child) ?? [0, 0, ...new Array(20).fill(0)]), 0)
  return TICK_MS * (ticks(own) + ended + living)
}

/** Megabytes in memory; pages that several processes share are divided among them. */
export function memoryMb(pids: readonly number[]): number | null {
  try {
    const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]))
    return kilobytes.reduce((sum, one) => sum + one, 0) / 1024
  } catch {
    return null
  }
}

/** A process and its children. */
export function familyOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid)]
}

function childrenOf(pid: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.map(Number).filter((one) => statOf(one)?.[FIELD.parent] === pid)
}

function statOf(pid: number): readonly number[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
  } catch {
    return null
  }
}
