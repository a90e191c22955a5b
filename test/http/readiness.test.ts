import { describe, expect, it } from 'vitest'
import { type Probe, readinessOf } from '../../src/http/readiness.ts'

function probe(name: string, check: Probe['check'], forSlates = false): Probe & { readonly asked: () => number } {
  let asked = 0
  const count = () => {
    asked++
    return check()
  }
  return { name, forSlates, check: count, asked: () => asked }
}
const fine = () => null

describe('readiness', () => {
  it('tells what works and what does not, whichever way a probe says it', async () => {
    const ask = readinessOf(
      [
        probe('fine', fine),
        probe('wrong', () => 'holds 3 rows'),
        probe('rejects', async () => Promise.reject(new Error('connect ECONNREFUSED'))),
        probe('throws', () => {
          throw new Error('broken')
        }),
      ],
      () => 0,
    )
    expect(await ask(false)).toEqual([
      { name: 'fine', ok: true },
      { name: 'wrong', ok: false, because: 'holds 3 rows' },
      { name: 'rejects', ok: false, because: 'connect ECONNREFUSED' },
      { name: 'throws', ok: false, because: 'broken' },
    ])
  })

  it('does not wait for what hangs', async () => {
    const started = performance.now()
    const ask = readinessOf([probe('hangs', () => new Promise<null>(() => {}))], () => 0)
    expect(await ask(false)).toEqual([{ name: 'hangs', ok: false, because: 'did not answer within 1000 ms' }])
    expect(performance.now() - started).toBeLessThan(1_900)
  })

  it('for slates asks only for what a slate needs, every time anew', async () => {
    const [needed, other] = [probe('snapshot', fine, true), probe('database', () => 'away')]
    const ask = readinessOf([needed, other], () => 0)
    expect(await ask(true)).toEqual([{ name: 'snapshot', ok: true }])
    await ask(true)
    expect([needed.asked(), other.asked()]).toEqual([2, 0])
  })

  it('asks once a second, however often it is asked itself', async () => {
    let now = 5_000
    const one = probe('database', fine)
    const ask = readinessOf([one], () => now)
    await Promise.all([ask(false), ask(false)])
    now += 999
    await ask(false)
    expect(one.asked()).toBe(1)
    now += 1
    await ask(false)
    expect(one.asked()).toBe(2)
    now -= 60_000 // The clock was set back.
    await ask(false)
    expect(one.asked()).toBe(3)
  })
})
