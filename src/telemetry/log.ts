/**
 * The service's own log: JSON lines by pino. It is about the service, never about shoppers: what could name one is taken out, whoever put
 * it in.
 */
import { type DestinationStream, pino } from 'pino'

export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
  /** A fault of ours, with its stack and what is known about it. */
  fault(message: string, error: unknown, details?: Readonly<Record<string, unknown>>): void
  /** Writes out what is waiting. */
  flush(): Promise<void>
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Standard output when it is left out. */
  readonly destination?: DestinationStream
}

/** Names of members that could lead to a shopper or open a door. */
const SECRET = ['unit', 'body', 'token', 'authorization', 'key', 'context', 'password']

/** Opens the log. Writing never throws and never waits. */
export function openLog({ level, destination }: LogOptions): Log {
  const to = destination ?? pino.destination({ dest: 1, sync: false, minLength: 0 })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`]), remove: true },
    },
    to,
  )
  return {
    debug: (message) => logger.debug(message),
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
    fault: (message, error, details = {}) => logger.error({ ...details, ...faultOf(error) }, message),
    flush: () => new Promise<void>((resolve) => logger.flush(() => resolve())),
  }
}

/** The parts of an error that say what went wrong; a database's `detail` quotes values of rows and is left out. */
function faultOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) }
  const { name, message, stack } = error
  const { code } = error as { code?: unknown }
  return { error: { name, message, ...(code === undefined ? {} : { code }), stack } }
}
