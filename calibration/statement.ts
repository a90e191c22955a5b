/**
 * A statement that simulations can refute: how often something happens, against what was claimed.
 *
 * A count agrees with its claim when it lies in the exact binomial band of a stated false alarm. Controls are claims about the naive
 * method: a simulation that does not catch it would catch nothing.
 */
import { acceptanceBand } from '../src/stats/acceptance-band.ts'

export type Claim = 'equal' | 'at-most' | 'at-least'

export interface Statement {
  /** "C4": the study it belongs to. */
  readonly study: string
  readonly what: string
  readonly claim: Claim
  readonly rate: number
  readonly hits: number
  readonly runs: number
  /** About the naive method. */
  readonly control?: true
}

/** A number that must lie between two others. */
export interface Measurement {
  readonly study: string
  readonly what: string
  readonly low: number
  readonly high: number
  readonly value: number
}

export type Finding = Statement | Measurement

/** A study runs `scale` times its shortest length from a seed. */
export type Study = (options: { readonly seed: number; readonly scale: number }) => readonly Finding[]

/** Counts that agree with the claim, but for the false alarm. */
export function bandOf({ claim, rate, runs }: Statement, falseAlarm: number): { readonly low: number; readonly high: number } {
  if (claim === 'at-most') return acceptanceBand({ trials: runs, rate, falseAlarm, claim })
  const { low, high } = acceptanceBand({ trials: runs, rate, falseAlarm: claim === 'equal' ? falseAlarm : 2 * falseAlarm })
  return { low, high: claim === 'equal' ? high : runs }
}

/** Whether the count agrees with its claim, or the number lies where it should. */
export function agrees(finding: Finding, falseAlarm: number): boolean {
  if (!('runs' in finding)) return finding.value >= finding.low && finding.value <= finding.high
  const { low, high } = bandOf(finding, falseAlarm)
  return finding.hits >= low && finding.hits <= high
}

/** Runs something so many times, and counts under each name how often it happened. */
export function tally(runs: number, run: (hit: (name: string, happened: boolean) => void) => void): ReadonlyMap<string, number> {
  const hits = new Map<string, number>()
  const hit = (name: string, happened: boolean): void => {
    hits.set(name, (hits.get(name) ?? 0) + (happened ? 1 : 0))
  }
  for (let i = 0; i < runs; i++) run(hit)
  return hits
}
