/** The kill switches of this installation: the table always, a file and LaunchDarkly where they are configured. */
import { join } from 'node:path'
import { setImmediate as breath } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { type CombinedFlags, combinedFlags } from '../flags/combined-flags.ts'
import { openFileFlags } from '../flags/file-flags.ts'
import type { FlagSource } from '../flags/flag-source.ts'
import { openLaunchDarklyFlags } from '../flags/launchdarkly-flags.ts'
import { openTableFlags } from '../flags/table-flags.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { FlagStore } from '../store/flag-store.ts'
import type { Logger } from '../store/logger.ts'
import { keptFlags } from './kept-flags.ts'

export interface KillSwitches extends CombinedFlags {
  /** Resolves when the table is not being read: what was switched before the call is heeded then, or could not be read. */
  settled(): Promise<void>
}

interface KillSwitchesWorld {
  readonly flags: FlagStore
  readonly feed: ChangeFeed
  readonly folder: string
  readonly log: Logger
}

export async function openKillSwitches(config: Config, { flags, feed, folder, log }: KillSwitchesWorld): Promise<KillSwitches> {
  const warn = (message: string) => log.warn(message)
  const onAnnounced = (callback: () => void) => feed.onChange((topic) => topic === 'flags' && callback())
  const readKept = keptFlags({ read: () => flags.list(), file: join(folder, 'flags.json'), log })
  let reading: Promise<unknown> = Promise.resolve()
  const read = () => {
    const flagsRead = readKept()
    reading = flagsRead.catch(() => undefined)
    return flagsRead
  }
  const sources: Promise<FlagSource>[] = [openTableFlags({ read, onAnnounced, warn })]
  if (config.CROUPIER_FLAGS_FILE) sources.push(openFileFlags({ path: config.CROUPIER_FLAGS_FILE, warn }))
  if (config.LAUNCHDARKLY_SDK_KEY) sources.push(openLaunchDarklyFlags({ sdkKey: config.LAUNCHDARKLY_SDK_KEY, warn }))
  return {
    ...combinedFlags(await Promise.all(sources)),
    async settled() {
      for (let last: unknown; last !== reading; ) {
        last = reading
        await last
        await breath()
      }
    },
  }
}
