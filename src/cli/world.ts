/** The world of a command: the database (adopted when the service runs), settled, and the secret. */
import { type Config, readConfig } from '../config.ts'
import { type Foundation, openSettled } from '../service/foundation.ts'
import type { Logger } from '../store/logger.ts'
import type { Log } from '../telemetry/log.ts'

export type CommandWorld = Foundation

export interface CommandContext {
  /** Read when a command needs it, so that --help works with a broken environment; `defaults` stand in for what it leaves out. */
  config(defaults?: Readonly<Record<string, string>>): Config
  openWorld(): Promise<CommandWorld>
}

/** Only what somebody should know goes to standard error; the output is the command's own. */
export const QUIET: Logger = {
  info: () => undefined,
  warn: (message) => console.error(`croupier: ${message}`),
  error: (message) => console.error(`croupier: ${message}`),
}

/** The same for parts that tell more. */
export const QUIET_LOG: Log = {
  ...QUIET,
  debug: () => undefined,
  fault: (message, error) => console.error(`croupier: ${message} ${error instanceof Error ? error.message : String(error)}`),
  flush: () => Promise.resolve(),
}

export function commandContext(): CommandContext {
  return { config: (defaults) => readConfig(undefined, defaults), openWorld: () => openSettled(readConfig(), QUIET) }
}
