/**
 * Who uses an embedded cluster just now: one small file a process, so that the last to leave stops PostgreSQL and nobody earlier.
 *
 * A service and a command-line tool may share a data folder. A tenant that was killed leaves its file behind; its process id together with
 * the moment of its birth shows that it is gone.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { birthOf, isAlive } from '../process-life.ts'

export interface Tenancy {
  /** Ends our use; tells how many others are left. */
  moveOut(): number
}

/** Notes that this process uses the cluster of the data folder. */
export function moveIn(dataFolder: string): Tenancy {
  const folder = join(dataFolder, 'postgres.tenants')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`
  writeFileSync(join(folder, name), birthOf(process.pid))
  return {
    moveOut() {
      rmSync(join(folder, name), { force: true })
      return readdirSync(folder).filter((other) => livesOn(folder, other)).length
    },
  }
}

function livesOn(folder: string, name: string): boolean {
  const pid = Number(name.split('-')[0])
  try {
    if (isAlive(pid) && readFileSync(join(folder, name), 'utf8') === birthOf(pid)) return true
    rmSync(join(folder, name), { force: true })
  } catch {
    // It left between our looking and our asking.
  }
  return false
}
