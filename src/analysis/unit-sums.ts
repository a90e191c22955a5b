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
  /** False when the unit is a new one and there is no room for it. */
  add(unit: string, record: UnitRecord): boolean
  /** Hands out every unit of one arm, in the order of their first rows; returns how many were in two. The record is used again. */
  drain(sink: (record: UnitRecord) => void): number
}

/** Opens an empty table of at most so many units. */
export function openUnitSums(quantities: readonly Quantity[], unitsMax = Number.POSITIVE_INFINITY): UnitSums {
  const width = quantities.length
  const places = new Map<string, number>()
  let arms = new Int32Array(FIRST_CAPACITY)
  let segments = new Int32Array(FIRST_CAPACITY)
  let values = new Float64Array(FIRST_CAPACITY * width)

  function put(place: number, { arm, segment, values: now }: UnitRecord): void {
    if (place === arms.length) {
      arms = enlarged(arms, new Int32Array(arms.length * 2))
      segments = enlarged(segments, new Int32Array(segments.length * 2))
      values = enlarged(values, new Float64Array(values.length * 2))
    }
    arms[place] = arm
    segments[place] = segment
    values.set(now, place * width)
  }

  return {
    add(unit, record) {
      const place = places.get(unit)
      if (place === undefined) {
        if (places.size >= unitsMax) return false
        put(places.size, record)
        places.set(unit, places.size)
        return true
      }
      if (arms[place] !== record.arm) arms[place] = TWO_ARMS
      for (let i = 0; i < width; i++) {
        const at = place * width + i
        values[at] = merged(quantities[i]!.over, values[at]!, record.values[i]!)
      }
      return true
    },
    drain(sink) {
      const record: UnitRecord = { arm: 0, segment: 0, values: new Float64Array(width) }
      let inTwo = 0
      for (let place = 0; place < places.size; place++) {
        if (arms[place] === TWO_ARMS) {
          inTwo++
          continue
        }
        record.arm = arms[place]!
        record.segment = segments[place]!
        for (let i = 0; i < width; i++) record.values[i] = values[place * width + i]!
        sink(record)
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
