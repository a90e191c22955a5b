import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dotRows } from '../../src/policies/dot.ts'

const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })

it('a scan gives every row the bits of adding it up alone, and leaves the other places as they are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 11 }),
      fc.array(number, { minLength: 1, maxLength: 9 }),
      fc.infiniteStream(number),
      (count, x, stream) => {
        const vector = Float64Array.from(x)
        const rows = Float32Array.from([...stream.take(count * x.length)])
        const places = Int32Array.from({ length: count }, (_, row) => 2 * row + 1)
        const out = new Float64Array(2 * count + 1).fill(7)
        dotRows(vector, rows, places, out)
        for (let row = 0; row < count; row++) {
          let sum = 0
          x.forEach((value, k) => {
            sum += value * rows[row * x.length + k]!
          })
          expect(out[2 * row + 1]).toBe(sum)
          expect(out[2 * row]).toBe(7)
        }
      },
    ),
  )
})
