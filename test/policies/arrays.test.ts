import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openArrays, packArrays } from '../../src/policies/arrays.ts'

const arrays = fc.record({
  ints: fc.int32Array({ maxLength: 20 }),
  floats: fc.float32Array({ maxLength: 20 }),
  doubles: fc.float64Array({ maxLength: 20 }),
  bytes: fc.uint8Array({ maxLength: 20 }),
})

describe('a body of named arrays', () => {
  it('gives back what was packed, wherever the bytes lie', () => {
    fc.assert(
      fc.property(arrays, fc.integer({ min: 0, max: 15 }), (given, shift) => {
        const packed = packArrays('some-kind', given)
        const moved = new Uint8Array(packed.length + shift)
        moved.set(packed, shift)
        const opened = openArrays(moved.subarray(shift), 'some-kind')
        expect(opened.int32('ints')).toEqual(given.ints)
        expect(opened.float32('floats')).toEqual(given.floats)
        expect(opened.float64('doubles')).toEqual(given.doubles)
        expect(opened.uint8('bytes')).toEqual(given.bytes)
      }),
    )
  })

  it('is the same bytes for the same arrays', () => {
    fc.assert(
      fc.property(arrays, (given) => {
        expect(packArrays('kind', { ...given, ints: given.ints.slice() })).toEqual(packArrays('kind', given))
      }),
    )
  })

  it('notices any flipped bit and any cut', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), fc.nat({ max: 7 }), (given, place, bit) => {
        const packed = packArrays('kind', given)
        const flipped = packed.slice()
        flipped[place % packed.length]! ^= 1 << bit
        expect(() => openArrays(flipped, 'kind')).toThrow(/model body/)
        expect(() => openArrays(packed.subarray(0, place % packed.length), 'kind')).toThrow(/corrupt/)
      }),
    )
  })

  it('says which format, kind or array it did not find', () => {
    const packed = packArrays('kind', { numbers: new Int32Array(1) })
    const future = packed.slice()
    new Uint32Array(future.buffer)[1] = 2
    expect(() => openArrays(future, 'kind')).toThrow('format 2, this build reads format 1')
    expect(() => openArrays(packed, 'other')).toThrow('of kind kind, not other')
    expect(() => openArrays(packed, 'kind').int32('missing')).toThrow('holds no i32 array "missing"')
    expect(() => openArrays(packed, 'kind').float64('numbers')).toThrow('holds no f64 array "numbers"')
  })
})
