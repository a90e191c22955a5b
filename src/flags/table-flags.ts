/** Kill switches from a table: read when somebody announces a change, and every few seconds in case the announcement was lost. */
import { type FlagSource, newKillState, policyOfFlag } from './flag-source.ts'

export interface TableFlag {
  readonly key: string
  readonly value: boolean
}

export interface TableFlagsOptions {
  /** Reads the whole table. */
  readonly read: () => Promise<readonly TableFlag[]>
  /** Calls back when the table may have changed; the result ends it. */
  readonly onAnnounced?: (callback: () => void) => () => void
  readonly everyMs?: number
  readonly warn: (message: string) => void
}

const EVERY_MS = 5_000

/** Reads once, whatever comes of it: with the database away nothing is known to be off, and the next reading tells. */
export async function openTableFlags({ read, onAnnounced, everyMs = EVERY_MS, warn }: TableFlagsOptions): Promise<FlagSource> {
  const state = newKillState()
  let closed = false
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  let again = false

  const learn = async (): Promise<void> => {
    try {
      const flags = await read()
      state.replace(new Set(flags.flatMap(({ key, value }) => (value ? (policyOfFlag(key) ?? []) : []))))
      failing = false
    } catch (error) {
      if (!failing) warn(`Kill switches could not be read from the table; the last known ones stay: ${(error as Error).message}`)
      failing = true
    }
  }
  /** An announcement during a reading asks for another one: the reading may have been too early. */
  const refresh = (): Promise<void> => {
    if (reading) again = true
    reading ??= (async () => {
      do {
        again = false
        await learn()
      } while (again && !closed)
      reading = undefined
      clearTimeout(timer)
      if (!closed) timer = setTimeout(() => void refresh(), everyMs).unref()
    })()
    return reading
  }

  const unsubscribe = onAnnounced?.(() => void refresh())
  await refresh()
  return {
    name: 'table',
    killed: state.killed,
    onChange: state.onChange,
    async close() {
      closed = true
      unsubscribe?.()
      clearTimeout(timer)
      await reading
    },
  }
}
