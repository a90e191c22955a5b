/**
 * What a report sees of the log: the additive moments of one epoch, and the counts that prove they are whole.
 *
 * Reports may not know the log, so the shape is stated here and the log's reader fits it. All sums are exact integers.
 */

/** Moments at unit grain of one arm, summed over all days. */
export interface ArmMoments {
  readonly armId: number
  /** Units seen in this arm and in no other. */
  readonly units: bigint
  /** Units first seen in this arm and later in another one: they are in no sum. */
  readonly excluded: bigint
  /** s[i] = Σ yᵢ over the units, slot by slot in the order of `slotsOf(metrics)`. Empty, or all 0, when the arm has no units. */
  readonly s: readonly bigint[]
  /** ss = Σ yᵢ·yⱼ for j ≤ i, row by row: (1,1), (2,1), (2,2), (3,1), … */
  readonly ss: readonly bigint[]
}

/** Units of an arm by the UTC day of their first exposure: how fast they arrive, and how many windows are still open. */
export interface DayUnits {
  readonly armId: number
  /** YYYY-MM-DD */
  readonly day: string
  readonly units: bigint
}

/** Money of an arm in one currency, in minor units. Returns are ≤ 0, so net = gross + returned. */
export interface MoneyMoments {
  readonly armId: number
  readonly currency: string
  /** Units with money in this currency; the others count as 0. */
  readonly units: bigint
  readonly gross: bigint
  readonly returned: bigint
  /** Σ net² over the units. */
  readonly netSquare: bigint
}

/** Exposures of an arm as the fold counted them. */
export interface ExposureCounts {
  readonly armId: number
  readonly n: bigint
  /** Served by another policy than the arm's own. */
  readonly fallback: bigint
  /** Decided while some arm was switched off. */
  readonly masked: bigint
}

/** An arm or currency without rows may be left out: it counts as 0. */
export interface EpochMoments {
  readonly arms: readonly ArmMoments[]
  readonly days: readonly DayUnits[]
  readonly money: readonly MoneyMoments[]
  readonly exposures: readonly ExposureCounts[]
  /** The same exposures counted again in the log itself, below the watermark. */
  readonly recount: { readonly exposures: readonly { readonly armId: number; readonly n: bigint }[] }
  /** Transaction id up to which the log is in the moments. */
  readonly watermark: bigint
  /** ISO 8601 in UTC; null when nothing was folded yet. */
  readonly foldedAt: string | null
}
