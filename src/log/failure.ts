/**
 * What an error of PostgreSQL means for the rows that were being written.
 *
 *     again    somebody was in the way: the same statement may succeed at once
 *     poison   the rows themselves are refused: they never will be taken, the others may be
 *     away     the database cannot take anything now, or did not say: keep the rows and send them again with the same ids
 */

export type Failure = 'again' | 'poison' | 'away'

/** Serialisation failure, deadlock, lock not available. */
const AGAIN = new Set(['40001', '40P01', '55P03'])

export function failureOf(error: unknown): Failure {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string') return 'away'
  if (AGAIN.has(code)) return 'again'
  return /^2[23]\w{3}$/.test(code) ? 'poison' : 'away'
}

/** One line for a log or a counter. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
