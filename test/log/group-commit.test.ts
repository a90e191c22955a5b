import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type CommitLane, openGroupCommit } from '../../src/log/group-commit.ts'

interface Gate extends CommitLane<number, string> {
  batches: number[][]
  open: () => void
  up: boolean
  most: number
}

/** A lane that finishes a flush when it is told to. */
function gateOf(name: string): Gate {
  let inFlight = 0
  let release = () => {}
  const gate: Gate = {
    batches: [],
    up: true,
    most: 0,
    open: () => release(),
    ready: () => gate.up,
    async flush(batch) {
      gate.most = Math.max(gate.most, ++inFlight)
      gate.batches.push(batch.map(({ row }) => row))
      await new Promise<void>((resolve) => {
        release = resolve
      })
      inFlight--
      for (const { row, resolve } of batch) resolve(`${name}${row}`)
    },
  }
  return gate
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('group commit', () => {
  it('lets rows of one turn of the event loop share a flush, and what arrives meanwhile the next one', async () => {
    const lane = gateOf('a')
    const commit = openGroupCommit<number, string>({ lanes: [lane], overflow: () => {}, rowsMax: 10, queueMax: 100 })
    const first = [1, 2].map((row) => commit.append(row))
    await turn()
    expect(lane.batches).toEqual([[1, 2]])
    const second = [3, 4].map((row) => commit.append(row))
    await turn()
    expect(lane.batches).toEqual([[1, 2]])
    lane.open()
    expect(await Promise.all(first)).toEqual(['a1', 'a2'])
    await turn()
    expect(lane.batches).toEqual([
      [1, 2],
      [3, 4],
    ])
    lane.open()
    expect(await Promise.all(second)).toEqual(['a3', 'a4'])
  })

  it('starts a second flush beside the first for many rows at once, for few only when the first is slow', async () => {
    const [a, b] = [gateOf('a'), gateOf('b')]
    const commit = openGroupCommit<number, string>({ lanes: [a, b], overflow: () => {}, rowsMax: 100, queueMax: 1_000 })
    void commit.append(0)
    await turn()
    for (let row = 1; row <= 31; row++) void commit.append(row)
    await turn()
    expect(b.batches).toEqual([])
    void commit.append(32)
    await turn()
    expect(b.batches).toEqual([Array.from({ length: 32 }, (_, i) => i + 1)])
    b.open()
    await turn()
    void commit.append(33)
    await vi.waitFor(() => expect(b.batches.at(-1)).toEqual([33]), { timeout: 1_000, interval: 1 })
    a.open()
    b.open()
    await commit.idle()
    expect(a.batches).toEqual([[0]])
  })

  it('lets rows that belong together share a flush', async () => {
    const lane = gateOf('a')
    const commit = openGroupCommit<number, string>({ lanes: [lane], overflow: () => {}, rowsMax: 10, queueMax: 100 })
    const answers = commit.appendAll([1, 2, 3])
    await turn()
    lane.open()
    expect(await answers).toEqual(['a1', 'a2', 'a3'])
    expect(lane.batches).toEqual([[1, 2, 3]])
  })

  it('sends rows over the edge at once when no lane is ready', async () => {
    const lane = { ...gateOf('a'), ready: () => false }
    const commit = openGroupCommit<number, string>({
      lanes: [lane],
      overflow: (batch) => {
        for (const { row, resolve } of batch) resolve(`spool${row}`)
      },
      rowsMax: 10,
      queueMax: 100,
    })
    expect(await commit.append(1)).toBe('spool1')
  })

  it('sends rows over the edge when too many wait', async () => {
    const lane = gateOf('a')
    const spilled: number[] = []
    const commit = openGroupCommit<number, string>({
      lanes: [lane],
      overflow: (batch) => {
        for (const { row, resolve } of batch) {
          spilled.push(row)
          resolve('spool')
        }
      },
      rowsMax: 2,
      queueMax: 3,
    })
    for (let row = 0; row < 6; row++) void commit.append(row)
    await turn()
    expect(lane.batches).toEqual([[0, 1]])
    expect(spilled).toEqual([2, 3])
  })

  it('answers every row exactly once, in order of arrival within a lane, with one flush in flight on each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('append', 'open a', 'open b', 'fall a', 'rise a'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, rowsMax) => {
          const [a, b] = [gateOf('a'), gateOf('b')]
          const overflowed: number[] = []
          const commit = openGroupCommit<number, string>({
            lanes: [a, b],
            overflow: (batch) => {
              for (const { row, resolve } of batch) {
                overflowed.push(row)
                resolve(`o${row}`)
              }
            },
            rowsMax,
            queueMax: 1_000,
          })
          const answers: Promise<string>[] = []
          for (const step of steps) {
            if (step === 'append') answers.push(commit.append(answers.length))
            if (step === 'open a') a.open()
            if (step === 'open b') b.open()
            if (step === 'fall a') a.up = false
            if (step === 'rise a') a.up = true
            await turn()
          }
          const idle = commit.idle()
          for (let i = 0; i < 70; i++) {
            a.open()
            b.open()
            await turn()
          }
          await idle
          const given = await Promise.all(answers)
          expect(given.map((answer) => Number(answer.slice(1)))).toEqual(given.map((_, i) => i))
          const written = [...a.batches.flat(), ...b.batches.flat(), ...overflowed].sort((x, y) => x - y)
          expect(written).toEqual(given.map((_, i) => i))
          for (const lane of [a, b]) {
            expect(lane.most).toBeLessThanOrEqual(1)
            expect(lane.batches.every((batch) => batch.length <= rowsMax)).toBe(true)
            expect(lane.batches.flat()).toEqual(lane.batches.flat().toSorted((x, y) => x - y))
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
