import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so; fails after twenty seconds. */
export async function until(so: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await so())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain`)
    await sleep(20)
  }
}
