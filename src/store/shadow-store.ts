/**
 * What shadows would have shown, and what came of it: overlap with the live model, and how often either had what was wanted afterwards.
 *
 *     overlap@k = |shadow ∩ live| / k            hit = an item of the slate was clicked, put into the cart or bought within a day
 *     d̄ = share of hits of the shadow − of the live one, slate by slate, with a 95 % interval
 *
 * Hits favour the live model: its items were shown, and what is shown is clicked. A shadow that keeps up is better than it looks.
 */
import { testEffect } from '../stats/effect-test.ts'
import { effectOf, isUnknown } from '../stats/estimate.ts'
import type { Database } from './database.ts'

export interface NewShadowSlate {
  readonly policy: string
  readonly shadowVersion: string
  readonly liveVersion: string
  readonly decisionId: Uint8Array
  /** Milliseconds since 1970. */
  readonly decidedAt: number
  readonly unit: Uint8Array | null
  readonly shadowItems: readonly number[]
  readonly liveItems: readonly number[]
}

export interface ShadowFigures {
  readonly slates: number
  /** Null without slates. */
  readonly overlap: number | null
  /** Of slates to known shoppers; null without any. */
  readonly hits: {
    readonly slates: number
    readonly shadow: number
    readonly live: number
    /** Null where too few differ. */
    readonly difference: { readonly estimate: number; readonly low: number; readonly high: number } | null
  } | null
}

export interface ShadowStore {
  write(slates: readonly NewShadowSlate[]): Promise<void>
  figures(policy: string, version: string): Promise<ShadowFigures>
  /** Forgets slates of more than two weeks ago. */
  prune(): Promise<void>
}

const INSERT = `
INSERT INTO shadow_slates (policy, shadow_version, live_version, decision_id, decided_at, unit, shadow_items, live_items)
SELECT r.policy, r.shadow_version, r.live_version, encode(r.decision_id, 'hex')::uuid, to_timestamp(r.decided_at / 1000), r.unit,
  ARRAY(SELECT jsonb_array_elements_text(r.shadow_items)::integer), ARRAY(SELECT jsonb_array_elements_text(r.live_items)::integer)
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::float8[], $6::bytea[], $7::jsonb[], $8::jsonb[])
  AS r (policy, shadow_version, live_version, decision_id, decided_at, unit, shadow_items, live_items)
ON CONFLICT DO NOTHING`

/** Newest slates that figures are made of. */
const SLATES_MAX = 20_000
const FIGURES = `
SELECT
  count(*)::int AS slates,
  avg(s.overlap) AS overlap,
  count(s.unit)::int AS known,
  count(*) FILTER (WHERE h.shadow)::int AS shadow,
  count(*) FILTER (WHERE h.live)::int AS live,
  count(*) FILTER (WHERE h.shadow AND NOT h.live)::int AS "onlyShadow",
  count(*) FILTER (WHERE h.live AND NOT h.shadow)::int AS "onlyLive"
FROM (
  SELECT s.*, (SELECT count(*) FROM unnest(s.shadow_items) AS i (item) WHERE i.item = ANY (s.live_items))::float8
    / greatest(1, cardinality(s.shadow_items), cardinality(s.live_items)) AS overlap
  FROM shadow_slates s
  WHERE s.policy = $1 AND s.shadow_version = $2
  ORDER BY s.decided_at DESC
  LIMIT ${SLATES_MAX}
) s
LEFT JOIN LATERAL (
  SELECT coalesce(bool_or(o.item_no = ANY (s.shadow_items)), false) AS shadow, coalesce(bool_or(o.item_no = ANY (s.live_items)), false) AS live
  FROM outcomes o
  WHERE o.unit = s.unit AND o.occurred_at > s.decided_at AND o.occurred_at <= s.decided_at + interval '1 day'
    AND o.type IN ('click', 'cart', 'purchase')
) h ON s.unit IS NOT NULL`

const LEVEL = 0.95

interface Row {
  readonly slates: number
  readonly overlap: number | null
  readonly known: number
  readonly shadow: number
  readonly live: number
  readonly onlyShadow: number
  readonly onlyLive: number
}

export function shadowStore({ learner, admin }: Database): ShadowStore {
  return {
    async write(slates) {
      const column = <Value>(of: (slate: NewShadowSlate) => Value) => slates.map(of)
      await learner.query(INSERT, [
        column((slate) => slate.policy),
        column((slate) => slate.shadowVersion),
        column((slate) => slate.liveVersion),
        column((slate) => Buffer.from(slate.decisionId)),
        column((slate) => slate.decidedAt),
        column((slate) => slate.unit && Buffer.from(slate.unit)),
        column((slate) => JSON.stringify(slate.shadowItems)),
        column((slate) => JSON.stringify(slate.liveItems)),
      ])
    },
    async figures(policy, version) {
      const { rows } = await admin.query<Row>(FIGURES, [policy, version])
      const { slates, overlap, known, shadow, live, ...only } = rows[0]!
      if (known === 0) return { slates, overlap, hits: null }
      return { slates, overlap, hits: { slates: known, shadow: shadow / known, live: live / known, difference: differenceOf(known, only) } }
    },
    async prune() {
      await learner.query("DELETE FROM shadow_slates s WHERE s.decided_at < now() - interval '14 days'")
    },
  }
}

/** Of pairs that are 1, 0 or −1: s² = (n₊ + n₋ − (n₊ − n₋)²/n)/(n − 1). */
function differenceOf(n: number, { onlyShadow, onlyLive }: Pick<Row, 'onlyShadow' | 'onlyLive'>) {
  if (n < 2) return null
  const sum = onlyShadow - onlyLive
  const variance = (onlyShadow + onlyLive - sum ** 2 / n) / (n - 1)
  const effect = effectOf(sum / n, variance / n, n - 1)
  if (isUnknown(effect)) return null
  const { estimate, interval } = testEffect(effect, { level: LEVEL })
  return { estimate, low: interval.low, high: interval.high }
}
