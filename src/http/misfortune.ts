/** Misfortune: what the world did to us, told as a problem. Whatever is not known here is a fault of ours, and its text stays inside. */
import { randomUUID } from 'node:crypto'
import { Problem } from './problems.ts'

/** Connection refused, reset, unreachable; the server shuts down, starts, or has no place left for us, or does not know us any more. */
const AWAY = /^(ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|ENOTFOUND|EAI_AGAIN|08...|28...|3D000|57P0[1-5]|53300)$/
/** pg and knex give up waiting without a code. */
const AWAY_MESSAGE =
  /timeout exceeded when trying to connect|connection terminated|query read timeout|client has encountered a connection error|timeout acquiring a connection|connection ended/i
/** Deadlocks, serialisation, locks and statements that took too long: the same request may succeed in a moment. */
const BUSY = /^(40001|40P01|55P03|57014)$/
const FULL = /^(53100|53200|25006|ENOSPC|EDQUOT)$/

export interface Misfortune {
  readonly problem: Problem
  /** Ours, not the world's: to be counted and logged. */
  readonly isCrash: boolean
}

/** The problem to answer with. */
export function misfortuneOf(error: unknown): Misfortune {
  if (error instanceof Problem) return { problem: error, isCrash: false }
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (FULL.test(code)) return known(new Problem('storage-full'))
  if (BUSY.test(code)) return known(new Problem('database-away', { detail: 'The database is too busy for this at the moment.' }))
  if (AWAY.test(code) || (code === '' && AWAY_MESSAGE.test(message))) return known(new Problem('database-away'))
  return { problem: new Problem('internal', { extra: { incident: randomUUID() } }), isCrash: true }
}

function known(problem: Problem): Misfortune {
  return { problem, isCrash: false }
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
