/** The last good answers by question: bounded, oldest out first, and forgotten when they are too old. */

export interface LastGood<Value> {
  /** Undefined when there is none, or none young enough. */
  get(question: string, now: number): Value | undefined
  put(question: string, value: Value, now: number): void
}

const ENTRIES_MAX = 2_000

export function newLastGood<Value>(keptMs: number, entriesMax: number = ENTRIES_MAX): LastGood<Value> {
  const entries = new Map<string, { readonly value: Value; readonly at: number }>()
  return {
    get: (question, now) => {
      const entry = entries.get(question)
      return entry && now - entry.at <= keptMs ? entry.value : undefined
    },
    put: (question, value, now) => {
      if (keptMs === 0) return
      entries.delete(question)
      entries.set(question, { value, at: now })
      if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
    },
  }
}
