/** The kill switches of this installation: the table always, a file and LaunchDarkly where they are configured. */
import type { Config } from '../config.ts'
import { type CombinedFlags, combinedFlags } from '../flags/combined-flags.ts'
import { openFileFlags } from '../flags/file-flags.ts'
import type { FlagSource } from '../flags/flag-source.ts'
import { openLaunchDarklyFlags } from '../flags/launchdarkly-flags.ts'
import { openTableFlags } from '../flags/table-flags.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { FlagStore } from '../store/flag-store.ts'
import type { Logger } from '../store/logger.ts'

export async function openKillSwitches(
  config: Config,
  world: { readonly flags: FlagStore; readonly feed: ChangeFeed; readonly log: Logger },
): Promise<CombinedFlags> {
  const warn = (message: string) => world.log.warn(message)
  const onAnnounced = (callback: () => void) => world.feed.onChange((topic) => topic === 'flags' && callback())
  const sources: Promise<FlagSource>[] = [openTableFlags({ read: () => world.flags.list(), onAnnounced, warn })]
  if (config.CROUPIER_FLAGS_FILE) sources.push(openFileFlags({ path: config.CROUPIER_FLAGS_FILE, warn }))
  if (config.LAUNCHDARKLY_SDK_KEY) sources.push(openLaunchDarklyFlags({ sdkKey: config.LAUNCHDARKLY_SDK_KEY, warn }))
  return combinedFlags(await Promise.all(sources))
}
