/** When to stop: after a time, or when somebody says so. */

export interface StopSignal {
  readonly signal: AbortSignal
  close(): void
}

/** One Ctrl-C may arrive twice, from the terminal and from a parent that passes it on; what comes later is meant. */
const ECHO_MS = 1_000
const IMPATIENT_EXIT = 130

/** Aborts after `seconds`, on SIGINT and on SIGTERM. Whoever insists a second later ends the process at once. */
export function openStopSignal(): StopSignal & { after(seconds: number): void } {
  const controller = new AbortController()
  let askedAt = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    if (performance.now() - askedAt > ECHO_MS) process.exit(IMPATIENT_EXIT)
    askedAt = Math.min(askedAt, performance.now())
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    after(seconds) {
      timer = setTimeout(() => controller.abort(), seconds * 1000)
    },
    close() {
      clearTimeout(timer)
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
