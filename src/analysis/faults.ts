/** What was wrong with a file, counted, with the first lines where it was: nothing is dropped silently. */

/** How many line numbers are kept of each fault. */
const LINES_SHOWN = 5

export interface Fault {
  /** "column revenue: not a number" */
  readonly what: string
  readonly count: number
  /** First lines of the file where it stands, from 1. */
  readonly lines: readonly number[]
}

export interface Faults {
  add(what: string, line: number): void
  list(): readonly Fault[]
}

/** Opens an empty count. */
export function openFaults(): Faults {
  const faults = new Map<string, { count: number; lines: number[] }>()
  return {
    add(what, line) {
      const fault = faults.get(what)
      if (!fault) faults.set(what, { count: 1, lines: [line] })
      else {
        fault.count++
        if (fault.lines.length < LINES_SHOWN) fault.lines.push(line)
      }
    },
    list: () => [...faults].map(([what, { count, lines }]) => ({ what, count, lines })),
  }
}
