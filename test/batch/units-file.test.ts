import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { requestOf } from '../../src/batch/batch-request.ts'
import { openUnits, type UnitLine, type UnitsFormat } from '../../src/batch/units-file.ts'
import { identify } from '../../src/importing/text-source.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-units-'))
const path = join(folder, 'units')
afterAll(() => rmSync(folder, { recursive: true }))

async function read(content: string | Buffer, format: UnitsFormat = 'auto') {
  writeFileSync(path, content)
  const identity = await identify(path, 'Nothing was dealt.', () => undefined)
  const units = await openUnits({ path, identity, format })
  const lines: UnitLine[] = []
  for await (const block of units.blocks()) lines.push(...block)
  return { format: units.format, lines }
}
const wishes = (lines: readonly UnitLine[]) => lines.map((line) => (line.kind === 'wish' ? line.wish : line.because))

describe('the file of units', () => {
  it('is told by how it begins', async () => {
    expect((await read('a\r\nb\n\n  c  \n')).lines.map(({ line }) => line)).toEqual([1, 2, 4])
    expect(wishes((await read('a\r\nb\n\n  c  \n')).lines)).toEqual([{ unit: 'a' }, { unit: 'b' }, { unit: 'c' }])
    expect((await read('{"unit":"a"}')).format).toBe('ndjson')
    expect((await read('unit;device\na;mobile')).format).toBe('csv')
    expect((await read(gzipSync('unit;device\na;mobile'))).lines).toHaveLength(1)
    expect((await read('unit\na', 'lines')).lines).toHaveLength(2)
  })

  it('takes members of a request as such and everything else as context', async () => {
    const csv = 'unit,size,cart,candidates,country,consent.personalisation,city\na,4,S1|S2,S3,DE,no,"Köln, Deutz"\nb,,,,,,\n'
    expect(wishes((await read(csv)).lines)).toEqual([
      {
        ...{ unit: 'a', size: 4, candidates: ['S3'], consent: { personalisation: false } },
        context: { cart: ['S1', 'S2'], country: 'DE', city: 'Köln, Deutz' },
      },
      { unit: 'b' },
    ])
    const ndjson = '{"unit":"a","country":"FR","context":{"device":"mobile"},"size":2}'
    expect(wishes((await read(ndjson)).lines)).toEqual([{ unit: 'a', size: 2, context: { country: 'FR', device: 'mobile' } }])
  })

  it('reads the same whatever block a line falls into', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `unit-${i}-é`)
    const { lines } = await read(names.join('\n'))
    expect(lines.map((line) => line.kind === 'wish' && line.wish.unit)).toEqual(names)
    const csv = await read(`unit,device\n${names.map((name) => `${name},mobile`).join('\n')}`)
    expect(csv.lines).toHaveLength(names.length)
    expect(csv.lines.at(-1)).toMatchObject({ line: 60_001, wish: { unit: names.at(-1) } })
  })

  it('hands out what is broken by itself', async () => {
    expect(wishes((await read('{"unit":"a"}\n[1]\n{"unit"\n{"unit":"b"}')).lines)).toEqual([
      { unit: 'a' },
      'the line is JSON, but not an object',
      'the line is not JSON',
      { unit: 'b' },
    ])
    expect(wishes((await read(`a\n${'x'.repeat(900_000)}\nb`)).lines)).toEqual([{ unit: 'a' }, 'the line is too long', { unit: 'b' }])
  })

  it('says what is missing', async () => {
    await expect(read('name,device\na,mobile', 'csv')).rejects.toThrow('has no column "unit"')
    await expect(read('\n \n')).rejects.toThrow('names nobody')
  })
})

describe('the request of a line', () => {
  const batch = { batch: 'sale', surface: 'email', size: 5 }
  const line = (wish: object): UnitLine => ({ kind: 'wish', line: 1, wish: wish as Record<string, unknown>, raw: '' })

  it('has an id of its own by batch and unit, and the same bytes for the same line', () => {
    const [a, again, b] = [
      requestOf(line({ unit: 'a' }), batch),
      requestOf(line({ unit: 'a' }), batch),
      requestOf(line({ unit: 'b' }), batch),
    ]
    if (a.kind !== 'request' || again.kind !== 'request' || b.kind !== 'request') throw new Error('they are requests')
    expect(a.request).toMatchObject({ surface: 'email', unit: 'a', size: 5 })
    expect([again.request.requestId, again.bytes]).toEqual([a.request.requestId, a.bytes])
    expect(b.request.requestId).not.toBe(a.request.requestId)
    const other = requestOf(line({ unit: 'a' }), { ...batch, batch: 'next' })
    expect(other.kind === 'request' && other.request.requestId).not.toBe(a.request.requestId)
  })

  it('is refused with a reason', () => {
    for (const [wish, because] of [
      [{ size: 3 }, /no unit/],
      [{ unit: 7 }, /no unit/],
      [{ unit: 'a', size: 0 }, /size/],
      [{ unit: 'a\0' }, /./],
      [{ unit: 'a', consent: { measurement: 'perhaps' } }, /consent\/measurement/],
    ] as const)
      expect(requestOf(line(wish), batch)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) })
  })
})
