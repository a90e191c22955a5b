import { describe, expect, it } from 'vitest'
import { inTurns } from '../../src/jobs/turns.ts'
import { atOnce, type Pieces } from '../../src/stats/pieces.ts'

function* counting(pieces: number, pieceMs: number, onPiece: () => void): Pieces<number> {
  for (let i = 0; i < pieces; i++) {
    for (const end = performance.now() + pieceMs; performance.now() < end; );
    onPiece()
    yield
  }
  return pieces
}

describe('work in pieces', () => {
  it('finds the same at once and in turns, and others have theirs in between', async () => {
    const told: string[] = []
    const work = inTurns(counting(3, 5, () => told.push('piece')))
    const others = new Promise<void>((resolve) => setImmediate(() => resolve(void told.push('other'))))
    expect(await work).toBe(3)
    await others
    expect(told.indexOf('other')).toBeGreaterThan(0)
    expect(told.indexOf('other')).toBeLessThan(3)
    expect(atOnce(counting(3, 0, () => undefined))).toBe(3)
  })

  it('rejects with what the work threw', async () => {
    function* failing(): Pieces<never> {
      yield
      throw new Error('no')
    }
    await expect(inTurns(failing())).rejects.toThrow('no')
  })
})
