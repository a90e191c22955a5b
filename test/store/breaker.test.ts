import { describe, expect, it } from 'vitest'
import { makeBreaker } from '../../src/store/breaker.ts'

const broken = () => Promise.reject(new Error('broken'))
const sound = () => Promise.resolve()

describe('a breaker', () => {
  it('asks no more after three failures in a row, until its time is over', async () => {
    let now = 0
    let asked = 0
    const breaker = makeBreaker(
      () => {},
      () => now,
    )
    const fail = () => {
      asked++
      return broken()
    }
    for (let i = 0; i < 10; i++) expect(await breaker.attempt(fail)).toBe(false)
    expect(asked).toBe(3)
    expect(breaker.isOpen()).toBe(true)
    now += 1_000
    await breaker.attempt(fail)
    expect(asked).toBe(4)
    now += 1_999
    await breaker.attempt(fail)
    expect(asked).toBe(4)
    now += 1
    expect(await breaker.attempt(sound)).toBe(true)
    expect(breaker.isOpen()).toBe(false)
  })

  it('forgets failures that are not in a row', async () => {
    const faults: unknown[] = []
    const breaker = makeBreaker((error) => faults.push(error))
    for (const work of [broken, broken, sound, broken, broken, sound]) await breaker.attempt(work)
    expect(breaker.isOpen()).toBe(false)
    expect(faults).toHaveLength(4)
  })

  it('sends only one ahead to try', async () => {
    let now = 0
    let asked = 0
    const breaker = makeBreaker(
      () => {},
      () => now,
    )
    for (let i = 0; i < 3; i++) await breaker.attempt(broken)
    now += 1_000
    const slow = async () => {
      asked++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await Promise.all([breaker.attempt(slow), breaker.attempt(slow), breaker.attempt(slow)])
    expect(asked).toBe(1)
    expect(breaker.isOpen()).toBe(false)
  })
})
