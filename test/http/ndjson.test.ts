import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../src/http/ndjson.ts'

async function read(
  chunks: readonly Uint8Array[],
  size = 10,
): Promise<{ lines: { no: number; text: string | null }[]; batches: number[] }> {
  const lines: { no: number; text: string | null }[] = []
  const batches: number[] = []
  for await (const batch of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), size)) {
    batches.push(batch.length)
    for (const { no, bytes } of batch) lines.push({ no, text: bytes && Buffer.from(bytes).toString() })
  }
  return { lines, batches }
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('lines of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !text.includes('\n')),
          { minLength: 1 },
        ),
        fc.integer({ min: 1, max: 7 }),
        async (texts, step) => {
          const all = bytes(texts.join('\n'))
          const chunks = Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all.subarray(i * step, (i + 1) * step))
          const { lines } = await read(chunks)
          expect(lines).toEqual(texts.map((text, i) => ({ no: i + 1, text })))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('come in batches that are not larger than asked for', async () => {
    const { batches } = await read([bytes('1\n2\n3\n4\n5')], 2)
    expect(batches).toEqual([2, 2, 1])
  })

  it('are counted even when they are empty, and empty ones are left out', async () => {
    const { lines } = await read([bytes('a\n\n  \r\nb\n')])
    expect(lines).toEqual([
      { no: 1, text: 'a' },
      { no: 4, text: 'b' },
    ])
  })

  it('that are too long are named and not kept', async () => {
    const long = bytes('x'.repeat(40_000))
    const { lines } = await read([bytes('a\n'), long, long, bytes('\nb')])
    expect(lines).toEqual([
      { no: 1, text: 'a' },
      { no: 2, text: null },
      { no: 3, text: 'b' },
    ])
  })
})
