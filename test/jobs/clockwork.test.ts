import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { beat } from '../../src/jobs/clockwork.ts'

describe('a beat', () => {
  it('repeats its task, never two at a time, and goes on after a failure', async () => {
    let runs = 0
    let inside = 0
    let most = 0
    const faults: unknown[] = []
    const clock = beat({
      everyMs: 1,
      task: async () => {
        most = Math.max(most, ++inside)
        await pause(2)
        inside--
        if (++runs === 2) throw new Error('once')
      },
      onFault: (error) => faults.push(error),
    })
    await Promise.all([clock.now(), clock.now()])
    while (runs < 5) await pause(2)
    await clock.close()
    const after = runs
    await pause(20)
    expect(runs).toBe(after)
    expect(most).toBe(1)
    expect(faults).toHaveLength(1)
  })

  it('of zero milliseconds runs on demand only', async () => {
    let runs = 0
    const clock = beat({ everyMs: 0, task: async () => void runs++, onFault: () => undefined })
    await pause(10)
    expect(runs).toBe(0)
    await clock.now()
    expect(runs).toBe(1)
    await clock.close()
  })
})
