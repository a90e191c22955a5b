/** Histories from the log: of each shopper the latest distinct items with what was done, and the purchases; in the order of pseudonyms. */
import { DEEDS, deedOfWeight, standing } from '../policies/deed.ts'
import { type HistoryRows, type PurchaseMinutes, packHistories, UNIT_BYTES } from '../policies/history-body.ts'
import type { TrainingData } from '../policies/policy.ts'
import { type PurchaseRows, purchasesOf } from '../policies/purchases.ts'

/** Items that are kept of a shopper: what the policies look at. */
const ITEMS_MAX = 50
const MINUTE_SECONDS = 60

/** The body that serving opens. `unitKeys` holds 16 bytes a shopper by number. O(events + shoppers·log shoppers). */
export function historiesOf(data: TrainingData, unitKeys: Uint8Array): Uint8Array {
  const order = ascending(unitKeys)
  const purchases = { ...purchasesInOrder(purchasesOf(data), order), until: Float64Array.of(data.seconds.at(-1) ?? 0) }
  return packHistories({ ...recentInOrder(unitKeys, order, latestOf(data)), purchases })
}

function latestOf({ units, items, weights, seconds, unitCount }: TrainingData): Latest {
  const latest = newLatest(unitCount)
  for (let event = units.length - 1; event >= 0; event--) {
    const unit = units[event]!
    if (unit < 0) continue
    const place = placeOf(latest, unit, items[event]!)
    if (place < 0) continue
    const deed = deedOfWeight(weights[event]!)
    // Going back in time: what is known of the item came after this event.
    latest.deeds[place] = DEEDS.indexOf(latest.seconds[place] === 0 ? deed : standing(deed, DEEDS[latest.deeds[place]!]!))
    if (latest.seconds[place] === 0) latest.seconds[place] = Math.max(1, Math.floor(seconds[event]!))
  }
  return latest
}

/** Rows of ITEMS_MAX places a shopper. */
interface Latest {
  readonly items: Int32Array
  readonly deeds: Uint8Array
  readonly seconds: Int32Array
  readonly counts: Uint8Array
}

function newLatest(unitCount: number): Latest {
  const places = unitCount * ITEMS_MAX
  return {
    ...{ items: new Int32Array(places), deeds: new Uint8Array(places), seconds: new Int32Array(places) },
    counts: new Uint8Array(unitCount),
  }
}

/** Where a shopper's item stands, taking a place for it while there is room; −1 when there is none. */
function placeOf({ items, counts }: Latest, unit: number, item: number): number {
  const start = unit * ITEMS_MAX
  const end = start + counts[unit]!
  for (let place = start; place < end; place++) if (items[place] === item) return place
  if (counts[unit] === ITEMS_MAX) return -1
  counts[unit]!++
  items[end] = item
  return end
}

function recentInOrder(unitKeys: Uint8Array, order: Uint32Array, latest: Latest): HistoryRows {
  const units = new Uint8Array(unitKeys.length)
  const starts = new Int32Array(order.length + 1)
  const length = latest.counts.reduce((sum, count) => sum + count, 0)
  const rows = { items: new Int32Array(length), deeds: new Uint8Array(length), seconds: new Int32Array(length) }
  order.forEach((unit, row) => {
    units.set(unitKeys.subarray(unit * UNIT_BYTES, (unit + 1) * UNIT_BYTES), row * UNIT_BYTES)
    const from = unit * ITEMS_MAX
    const to = from + latest.counts[unit]!
    const at = starts[row]!
    rows.items.set(latest.items.subarray(from, to), at)
    rows.deeds.set(latest.deeds.subarray(from, to), at)
    rows.seconds.set(latest.seconds.subarray(from, to), at)
    starts[row + 1] = at + to - from
  })
  return { units, starts, ...rows }
}

function purchasesInOrder(bought: PurchaseRows, order: Uint32Array): Omit<PurchaseMinutes, 'until'> {
  const starts = new Int32Array(order.length + 1)
  const items = new Int32Array(bought.items.length)
  const minutes = new Int32Array(bought.items.length)
  let at = 0
  order.forEach((unit, row) => {
    for (let k = bought.starts[unit]!; k < bought.starts[unit + 1]!; k++) {
      items[at] = bought.items[k]!
      minutes[at++] = Math.floor(bought.seconds[k]! / MINUTE_SECONDS)
    }
    starts[row + 1] = at
  })
  return { starts, items, minutes }
}

/** Numbers of the shoppers in the order of their pseudonyms. */
function ascending(unitKeys: Uint8Array): Uint32Array {
  const view = new DataView(unitKeys.buffer, unitKeys.byteOffset, unitKeys.byteLength)
  const order = Uint32Array.from({ length: unitKeys.length / UNIT_BYTES }, (_, unit) => unit)
  return order.sort((a, b) => {
    for (let byte = 0; byte < UNIT_BYTES; byte += 4) {
      const difference = view.getUint32(a * UNIT_BYTES + byte) - view.getUint32(b * UNIT_BYTES + byte)
      if (difference !== 0) return difference
    }
    return 0
  })
}
