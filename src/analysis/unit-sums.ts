/**
 * Units in memory: rows of one unit become one record.
 *
 * Numbers are summed, flags become "any", covariates and the segment stay as the first row says them. A unit that is seen in two arms is
 * marked, and left out at the end: neither arm can be said to have treated it.
 */
import type { Quantity } from './layout.ts'
import type { UnitRecord } from './row-reader.ts'

const TWO_ARMS = -1
const FIRST_CAPACITY = 1024

export interface UnitSums {
  readonly units: number
  has(unit: string): boolean
  add(unit: string, record: UnitRecord): void
  /** Hands out every unit of one arm, in the order of their first rows; returns how many were in two. */
  drain(sink: (record: UnitRecord) => void): number
}

/** Opens an empty table of units. */
export function openUnitSums(quantities: readonly Quantity[]): UnitSums {
  const width = quantities.length
  const places = new Map<string, number>()
  let arms = new Int32Array(FIRST_CAPACITY)
  let segments = new Int32Array(FIRST_CAPACITY)
  let values = new Float64Array(FIRST_CAPACITY * width)

  function grow(): void {
    arms = enlarged(arms, new Int32Array(arms.length * 2))
    segments = enlarged(segments, new Int32Array(segments.length * 2))
    values = enlarged(values, new Float64Array(values.length * 2))
  }

  return {
    get units() {
      return places.size
    },
    has: (unit) => places.has(unit),
    add(unit, record) {
      let place = places.get(unit)
      if (place === undefined) {
        place = places.size
        if (place === arms.length) grow()
        places.set(unit, place)
        arms[place] = record.arm
        segments[place] = record.segment
        values.set(record.values, place * width)
        return
      }
      if (arms[place] !== record.arm) arms[place] = TWO_ARMS
      for (let i = 0; i < width; i++) values[place * width + i] = merged(quantities[i]!.over, values[place * width + i]!, record.values[i]!)
    },
    drain(sink) {
      let inTwo = 0
      for (let place = 0; place < places.size; place++) {
        if (arms[place] === TWO_ARMS) inTwo++
        else sink({ arm: arms[place]!, segment: segments[place]!, values: values.subarray(place * width, (place + 1) * width) })
      }
      places.clear()
      return inTwo
    },
  }
}

function merged(over: Quantity['over'], before: number, now: number): number {
  if (Number.isNaN(before)) return now
  if (Number.isNaN(now) || over === 'first') return before
  return over === 'sum' ? before + now : Math.max(before, now)
}

function enlarged<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from as never)
  return to
}
