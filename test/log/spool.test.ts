import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { framesOf, readSegment, SEGMENT_HEADER } from '../../src/log/segment.ts'
import { openSpool, type Spool } from '../../src/log/spool.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
const texts = (bytes: readonly Uint8Array[]) => bytes.map((each) => Buffer.from(each).toString('hex'))

async function contentOf(spool: Spool): Promise<string[]> {
  const found: string[] = []
  for (const segment of await spool.seal()) {
    const { payloads: read, torn } = await spool.read(segment)
    expect(torn).toBe(0)
    found.push(...read.map(String))
  }
  return found
}

describe('a segment', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(payloads, (given) => {
        const read = readSegment(Buffer.concat([SEGMENT_HEADER, framesOf(given)]))
        expect(texts(read.payloads)).toEqual(texts(given))
        expect(read.torn).toBe(0)
      }),
    )
  })

  it('loses nothing but the torn record when its tail is cut off anywhere', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (given, cut) => {
        const frames = framesOf(given)
        const left = frames.subarray(0, frames.length === 0 ? 0 : cut % frames.length)
        const whole = given.filter((_, i) => framesOf(given.slice(0, i + 1)).length <= left.length)
        const read = readSegment(Buffer.concat([SEGMENT_HEADER, left]))
        expect(texts(read.payloads)).toEqual(texts(whole))
        expect(read.torn).toBe(framesOf(whole).length === left.length ? 0 : 1)
      }),
    )
  })

  it('leaves out a record whose bytes changed, and goes on behind it', () => {
    const bytes = Buffer.concat([SEGMENT_HEADER, framesOf(['one', 'two', 'three'].map((text) => Buffer.from(text)))])
    bytes[bytes.indexOf('two')]! ^= 1
    expect(readSegment(bytes)).toEqual({ payloads: [Buffer.from('one'), Buffer.from('three')], torn: 1 })
  })

  it('of another kind is not read', () => {
    expect(readSegment(Buffer.from('something else'))).toEqual({ payloads: [], torn: 1 })
    expect(readSegment(Buffer.alloc(0))).toEqual({ payloads: [], torn: 0 })
  })
})

describe('the spool', () => {
  it('keeps records in their order, over segments and lives', async () => {
    const first = openSpool(folder)
    await Promise.all(['a', 'b', 'c'].map((text) => first.append(Buffer.from(text))))
    await first.seal()
    await first.append(Buffer.from('d'))
    await first.close()
    const second = openSpool(folder)
    expect(second.backlogBytes()).toBeGreaterThan(0)
    await second.append(Buffer.from('e'))
    expect(await contentOf(second)).toEqual(['a', 'b', 'c', 'd', 'e'])
    await second.close()
  })

  it('shares one sync among all who wait', async () => {
    const spool = openSpool(folder)
    const kept = await Promise.all(Array.from({ length: 5_000 }, (_, i) => spool.append(Buffer.from(`${i}`))))
    expect(kept.every(({ kind }) => kind === 'kept')).toBe(true)
    expect(await contentOf(spool)).toEqual(Array.from({ length: 5_000 }, (_, i) => `${i}`))
    await spool.close()
  })

  it('begins another segment when one is full, and forgets those that were removed', async () => {
    const spool = openSpool(folder)
    for (let i = 0; i < 3; i++) await spool.append(Buffer.alloc(5 * 1024 * 1024, i))
    expect(readdirSync(folder)).toHaveLength(2)
    for (const segment of await spool.seal()) await spool.remove(segment)
    expect(readdirSync(folder)).toEqual([])
    expect(spool.backlogBytes()).toBe(0)
    await spool.close()
  })

  it('says that a record is lost when its folder is gone, and goes on when it is back', async () => {
    const spool = openSpool(join(folder, 'spool'))
    rmSync(join(folder, 'spool'), { recursive: true })
    expect(await spool.append(Buffer.from('a'))).toMatchObject({ kind: 'lost' })
    openSpool(join(folder, 'spool'))
    expect(await spool.append(Buffer.from('b'))).toEqual({ kind: 'kept' })
    expect(await contentOf(spool)).toEqual(['b'])
    await spool.close()
  })

  it('leaves the segments of a living process alone, and takes those of a dead one', async () => {
    const spool = openSpool(folder)
    await spool.append(Buffer.from('mine'))
    const [own] = readdirSync(folder)
    const bytes = readFileSync(join(folder, own!))
    const living = `0000000000001-000000-${process.ppid}.${startOf(process.ppid)}.spool`
    const dead = '0000000000002-000000-99999999.1.spool'
    for (const name of [living, dead]) writeFileSync(join(folder, name), bytes)
    expect(await spool.seal()).toEqual([dead, own])
    await spool.close()
  })
})

/** The tick a process was started at, where the system tells it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!
  } catch {
    return '0'
  }
}
