/** All sources together: a policy is off as soon as one of them says so. */
import { type FlagSource, newKillState } from './flag-source.ts'

export interface CombinedFlags extends FlagSource {
  /** The names of the sources that switch each policy off. */
  sourcesOf(): ReadonlyMap<string, readonly string[]>
}

/** Owns the sources: closing it closes them. */
export function combinedFlags(sources: readonly FlagSource[]): CombinedFlags {
  const state = newKillState()
  const unite = (): void => state.replace(new Set(sources.flatMap((source) => [...source.killed()])))
  const ends = sources.map((source) => source.onChange(unite))
  unite()
  return {
    name: 'all',
    killed: state.killed,
    onChange: state.onChange,
    sourcesOf: () => {
      const names = new Map<string, string[]>()
      for (const source of sources) for (const policy of source.killed()) names.set(policy, [...(names.get(policy) ?? []), source.name])
      return names
    },
    async close() {
      for (const end of ends) end()
      await Promise.all(sources.map((source) => source.close()))
    },
  }
}
