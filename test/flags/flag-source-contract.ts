import { expect, it } from 'vitest'
import type { FlagSource } from '../../src/flags/flag-source.ts'

/** A source under test, and the hand that changes what it reads. */
export interface Bench {
  readonly source: FlagSource
  /** Makes exactly these policies killed where the source looks. */
  kill(policies: readonly string[]): Promise<void> | void
  /** Breaks what the source reads, where it can break. */
  readonly spoil?: () => Promise<void> | void
}

/** What every source of kill switches has to do. `open` starts with these policies killed. */
export function keepsTheFlagContract(open: (killed: readonly string[]) => Promise<Bench>, { breaks }: { readonly breaks: boolean }): void {
  it('knows at once what is switched off when it opens', async () => {
    const { source } = await open(['hybrid', 'content'])
    expect([...source.killed()].sort()).toEqual(['content', 'hybrid'])
    await source.close()
  })

  it('switches nothing off by default', async () => {
    const { source } = await open([])
    expect(source.killed().size).toBe(0)
    await source.close()
  })

  it('tells of a change and then answers with it, on and off again', async () => {
    const { source, kill } = await open([])
    let calls = 0
    source.onChange(() => calls++)
    await kill(['hybrid'])
    await expect.poll(() => [...source.killed()], { timeout: 3000 }).toEqual(['hybrid'])
    expect(calls).toBeGreaterThanOrEqual(1)
    await kill([])
    await expect.poll(() => source.killed().size, { timeout: 3000 }).toBe(0)
    await source.close()
  })

  it('tells nobody who has ended his interest', async () => {
    const { source, kill } = await open([])
    let calls = 0
    const end = source.onChange(() => calls++)
    end()
    await kill(['hybrid'])
    await expect.poll(() => source.killed().has('hybrid'), { timeout: 3000 }).toBe(true)
    expect(calls).toBe(0)
    await source.close()
  })

  if (breaks)
    it('keeps what it knew when what it reads breaks', async () => {
      const { source, spoil } = await open(['hybrid'])
      await spoil!()
      expect([...source.killed()]).toEqual(['hybrid'])
      await source.close()
    })

  it('answers after it was closed, and changes no more', async () => {
    const { source, kill } = await open(['hybrid'])
    await source.close()
    await kill(['content'])
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect([...source.killed()]).toEqual(['hybrid'])
  })
}
