import { describe, expect, it } from 'vitest'
import { newGate, retryAfterOf } from '../../src/http/limits.ts'
import { LOADS } from '../../src/http/route.ts'

describe('the gate', () => {
  it('sheds reports first, then bulk loads and changes, then outcomes, and slates last', () => {
    const gate = newGate(100)
    const shedAt = new Map<string, number>()
    for (let inHand = 0; inHand <= 100; inHand++) {
      for (const load of LOADS) if (!shedAt.has(load) && gate.refuses(load)) shedAt.set(load, inHand)
      gate.enter('slate')
    }
    expect(Object.fromEntries(shedAt)).toEqual({ report: 25, bulk: 50, crud: 50, outcome: 75, slate: 100 })
  })

  it('admits again what it refused as soon as there is room', () => {
    const gate = newGate(2)
    expect([gate.enter('slate'), gate.enter('slate'), gate.enter('slate')]).toEqual([true, true, false])
    gate.leave('slate')
    expect(gate.enter('slate')).toBe(true)
    expect(gate.counters.slate).toEqual({ inHand: 2, waiting: 0, refused: 1 })
  })

  it('lets slow work wait for a place, first come first served', async () => {
    const gate = newGate(100)
    expect([gate.enter('report'), gate.enter('report')]).toEqual([true, true])
    const order: string[] = []
    const third = Promise.resolve(gate.enter('report')).then(() => order.push('third'))
    const fourth = Promise.resolve(gate.enter('report')).then(() => order.push('fourth'))
    expect(gate.counters.report).toEqual({ inHand: 2, waiting: 2, refused: 0 })
    gate.leave('report')
    await third
    expect(gate.counters.report).toEqual({ inHand: 2, waiting: 1, refused: 0 })
    gate.leave('report')
    await fourth
    expect(order).toEqual(['third', 'fourth'])
  })

  it('sends away who waited too long, and who finds the queue full', async () => {
    const gate = newGate(100, 20)
    for (let i = 0; i < 2; i++) gate.enter('report')
    const waiting = Array.from({ length: 8 }, () => gate.enter('report'))
    expect(gate.enter('report')).toBe(false)
    expect(await Promise.all(waiting)).toEqual(Array(8).fill(false))
    expect(gate.counters.report).toEqual({ inHand: 2, waiting: 0, refused: 9 })
    gate.leave('report')
    expect(gate.enter('report')).toBe(true)
  })

  it('tells whole seconds', () => {
    for (const load of LOADS) expect(Number.isInteger(retryAfterOf(load)) && retryAfterOf(load) >= 1).toBe(true)
  })
})
