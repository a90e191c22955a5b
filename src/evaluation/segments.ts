/** Segments of shoppers by how well they are known: how many orders they placed before the split. */
import type { TestShopper } from './split.ts'

export const SEGMENTS = ['cold', '1-4', '5+'] as const
export type Segment = (typeof SEGMENTS)[number]
const WELL_KNOWN_ORDERS = 5

export function segmentOf(shopper: TestShopper | null): Segment {
  const orders = shopper?.orders ?? 0
  if (orders === 0) return 'cold'
  return orders < WELL_KNOWN_ORDERS ? '1-4' : '5+'
}
