/** The books: do the arms' exposure counters add up to what the log itself has, recounted row by row? */
import { unknown } from '../stats/estimate.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { EpochMoments } from './epoch-moments.ts'
import type { Integrity } from './report-shape.ts'

/** Totals run over everything that was counted, so that exposures of an arm that the epoch does not know break the equality. */
export function integrityOf(arms: readonly EpochArm[], moments: EpochMoments): Integrity {
  const exposures = total(moments.exposures)
  const recount = total(moments.recount.exposures)
  const known = total(arms.map((arm) => arm.exposures))
  return {
    exposures: Number(exposures),
    recount: Number(recount),
    equal: exposures === recount && exposures === known && arms.every((arm) => arm.exposures.n === arm.recount),
    arms: arms.map(({ key, exposures: { n, fallback, masked }, recount }) => ({
      arm: key,
      exposures: Number(n),
      recount: Number(recount),
      fallback: Number(fallback),
      fallbackShare: n > 0n ? Number(fallback) / Number(n) : unknown('too-few-units', { have: 0, need: 1 }),
      masked: Number(masked),
    })),
  }
}

function total(rows: readonly { readonly n: bigint }[]): bigint {
  return rows.reduce((sum, row) => sum + row.n, 0n)
}
