/** The clockwork: tasks that come back. A task never overlaps itself, a failure is told and tried again at the next beat. */

export interface Beat {
  /** Runs the task now (or waits for the run in progress) and resolves when it has ended, well or not. */
  now(): Promise<void>
  /** No further runs; resolves when the one in progress has ended. */
  close(): Promise<void>
}

export interface BeatOptions {
  readonly everyMs: number
  readonly task: () => Promise<unknown>
  readonly onFault: (error: unknown) => void
}

/** Repeats a task, counting the pause from the end of one run to the start of the next. `everyMs` of 0 runs on demand only. */
export function beat({ everyMs, task, onFault }: BeatOptions): Beat {
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const run = async (): Promise<void> => {
    clearTimeout(timer)
    try {
      await task()
    } catch (error) {
      onFault(error)
    } finally {
      running = undefined
      plan()
    }
  }
  const plan = (): void => {
    if (!closed && everyMs > 0) timer = setTimeout(() => void start(), everyMs)
  }
  const start = (): Promise<void> => {
    running ??= run()
    return running
  }

  plan()
  return {
    now: start,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
