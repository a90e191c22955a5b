/** Kill switches in memory: for programs that set them themselves. */
import { type FlagSource, newKillState } from './flag-source.ts'

export interface FixedFlags extends FlagSource {
  set(killed: Iterable<string>): void
}

export function fixedFlags(killed: Iterable<string> = []): FixedFlags {
  const state = newKillState()
  let closed = false
  state.replace(new Set(killed))
  return {
    name: 'fixed',
    killed: state.killed,
    onChange: state.onChange,
    set(next) {
      if (!closed) state.replace(new Set(next))
    },
    async close() {
      closed = true
    },
  }
}
