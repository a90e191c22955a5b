/**
 * The port of kill switches: which policies are switched off right now.
 *
 * A source answers at once from what it knows; learning is its own affair, and a source that cannot learn keeps what it knew last. A policy
 * is off as soon as any source says so.
 */

export interface FlagSource {
  readonly name: string
  /** Keys of the policies that are switched off. The same set object until something changes. */
  killed(): ReadonlySet<string>
  /** Called after every change; the result ends it. */
  onChange(callback: () => void): () => void
  close(): Promise<void>
}

const FLAG = /^policy\.([a-z0-9][a-z0-9._-]{0,63})\.killed$/

/** The policy that a flag's name speaks of: "policy.hybrid.killed" → "hybrid"; null for any other name. */
export function policyOfFlag(name: string): string | null {
  return FLAG.exec(name)?.[1] ?? null
}

/** What every source holds: the set, and who wants to hear of changes. */
export interface KillState {
  killed(): ReadonlySet<string>
  onChange(callback: () => void): () => void
  /** Takes a new set; tells everyone only when it differs. */
  replace(next: ReadonlySet<string>): void
}

export function newKillState(): KillState {
  const callbacks = new Set<() => void>()
  let killed: ReadonlySet<string> = new Set()
  return {
    killed: () => killed,
    onChange(callback) {
      callbacks.add(callback)
      return () => void callbacks.delete(callback)
    },
    replace(next) {
      if (next.size === killed.size && [...next].every((policy) => killed.has(policy))) return
      killed = next
      for (const callback of callbacks) callback()
    },
  }
}
