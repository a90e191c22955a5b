/** Histories from the log: of each shopper the latest distinct items and purchases, newest first, in the order of pseudonyms. */
import { type PurchaseMinutes, packHistories, UNIT_BYTES } from '../policies/history-body.ts'
import type { TrainingData } from '../policies/policy.ts'
import { type PurchaseRows, purchasesOf } from '../policies/purchases.ts'

/** Items that are kept of a shopper: what the policies look at. */
const ITEMS_MAX = 50
const MINUTE_SECONDS = 60

/** The body that serving opens. `unitKeys` holds 16 bytes a shopper by number. O(events + shoppers·log shoppers). */
export function historiesOf(data: TrainingData, unitKeys: Uint8Array): Uint8Array {
  const { units, items, unitCount } = data
  const latest = new Int32Array(unitCount * ITEMS_MAX)
  const counts = new Uint8Array(unitCount)
  for (let event = units.length - 1; event >= 0; event--) {
    const unit = units[event]!
    if (unit < 0 || counts[unit] === ITEMS_MAX) continue
    const start = unit * ITEMS_MAX
    if (holds(latest, start, { count: counts[unit]!, item: items[event]! })) continue
    latest[start + counts[unit]!++] = items[event]!
  }
  const order = ascending(unitKeys)
  const rows = inOrder(unitKeys, order, { latest, counts })
  return packHistories({ ...rows, purchases: purchasesInOrder(purchasesOf(data), order) })
}

function holds(latest: Int32Array, start: number, { count, item }: { readonly count: number; readonly item: number }): boolean {
  for (let i = start; i < start + count; i++) if (latest[i] === item) return true
  return false
}

interface Latest {
  readonly latest: Int32Array
  readonly counts: Uint8Array
}

function inOrder(unitKeys: Uint8Array, order: Uint32Array, { latest, counts }: Latest) {
  const units = new Uint8Array(unitKeys.length)
  const starts = new Int32Array(order.length + 1)
  const items = new Int32Array(counts.reduce((sum, count) => sum + count, 0))
  order.forEach((unit, row) => {
    units.set(unitKeys.subarray(unit * UNIT_BYTES, (unit + 1) * UNIT_BYTES), row * UNIT_BYTES)
    items.set(latest.subarray(unit * ITEMS_MAX, unit * ITEMS_MAX + counts[unit]!), starts[row]!)
    starts[row + 1] = starts[row]! + counts[unit]!
  })
  return { units, starts, items }
}

function purchasesInOrder(bought: PurchaseRows, order: Uint32Array): PurchaseMinutes {
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
