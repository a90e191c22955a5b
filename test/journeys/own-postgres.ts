import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The embedded PostgreSQL of a data folder, seen from outside: where it is, and which processes it has. */

export function urlOfEmbedded(dataFolder: string): string {
  const read = (name: string) => readFileSync(join(clusterOf(dataFolder), name), 'utf8').trim()
  return `postgres://croupier:${read('croupier.password')}@127.0.0.1:${read('croupier.port')}/croupier`
}

export function postmasterOf(dataFolder: string): number {
  return Number(readFileSync(join(clusterOf(dataFolder), 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** The postmaster and all its children. */
export function processesOf(dataFolder: string): readonly number[] {
  const postmaster = postmasterOf(dataFolder)
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === postmaster)
  return [postmaster, ...children]
}

function clusterOf(dataFolder: string): string {
  const pointer = join(dataFolder, 'postgres.location')
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(dataFolder, 'postgres')
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
