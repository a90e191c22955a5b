/** What became of the rows: every one is accepted, refused for a reason or skipped by a rule, and the three add up to the rows read. */
import type { Progress } from './import-record.ts'
import type { Verdict } from './refusal.ts'

export interface Counts {
  readonly read: number
  readonly accepted: number
  readonly refused: Readonly<Record<string, number>>
  readonly skipped: Readonly<Record<string, number>>
  /** Things worth knowing about accepted rows; a row may have several or none. */
  readonly notes: Readonly<Record<string, number>>
}

export interface Tally {
  take(verdict: Verdict<unknown>): void
  note(note: string): void
  counts(): Counts
  progress(linesDone: number): Progress
}

/** Starts at zero. */
export function openTally(): Tally {
  let accepted = 0
  const refused = new Map<string, number>()
  const skipped = new Map<string, number>()
  const notes = new Map<string, number>()
  return {
    take(verdict) {
      if (verdict.kind === 'refused') count(refused, verdict.reason)
      else if (verdict.kind === 'skipped') count(skipped, verdict.rule)
      else {
        accepted++
        for (const note of verdict.notes) count(notes, note)
      }
    },
    note: (note) => count(notes, note),
    counts: () => ({
      read: accepted + sumOf(refused) + sumOf(skipped),
      accepted,
      refused: Object.fromEntries(refused),
      skipped: Object.fromEntries(skipped),
      notes: Object.fromEntries(notes),
    }),
    progress: (linesDone) => ({
      linesDone,
      accepted,
      refused: sumOf(refused),
      reasons: { refused: Object.fromEntries(refused), skipped: Object.fromEntries(skipped), notes: Object.fromEntries(notes) },
    }),
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const n of counts.values()) sum += n
  return sum
}
