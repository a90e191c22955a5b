/**
 * Folding an epoch of a bandit: both grains in one transaction, with 16 features and 3 objectives, as it runs in the service.
 *
 * First all exposures, then all outcomes, half of which name their decision and half only their shopper; each round has a database of its
 * own. Beside it the same rows in an epoch without a bandit.
 */
import { medianOf } from './figures.ts'
import { type FoldOptions, foldSeconds } from './fold.ts'
import { type Ground, withClient } from './ground.ts'

export interface DecisionFoldFigures {
  readonly rows: number
  /** With the decision grain. */
  readonly banditPerSecond: number
  /** The same rows, unit grain only. */
  readonly fixedPerSecond: number
}

export type DecisionFoldBench = Readonly<Record<Table, DecisionFoldFigures>>
type Table = 'exposures' | 'outcomes'

/** Exposures of a shopper; every second one of them brings an outcome. */
const EXPOSURES_EACH = 4

const EPOCH = `
WITH experiment AS (INSERT INTO experiments (key, body, status) VALUES ('bench', '{}', 'running') RETURNING id), epoch AS (
  INSERT INTO epochs (experiment_id, no, arm_ids, settings, settings_hash, feature_version, started_at)
  SELECT experiment.id, 1, '{1,2,3,4}', $1, '', 1, now() - interval '60 days' FROM experiment RETURNING id
)
INSERT INTO epoch_slots (epoch_id, slot, metric, part, aggregate, types, window_span, currency, cap)
SELECT epoch.id, slot.* FROM epoch CROSS JOIN (VALUES
  (0, 'conversion', 'value', 'any', '{purchase}'::text[], interval '48 hours', NULL, NULL::bigint),
  (1, 'clicks', 'value', 'count', '{click,view}', '1 hour', NULL, NULL),
  (2, 'revenue', 'value', 'value', '{purchase,return}', '72 hours', 'EUR', 500000)
) AS slot`

/** Every decision of its own shape: hour and season make no two vectors alike. */
const EXPOSURES = `
INSERT INTO exposures (decided_at, decision_id, unit, surface, epoch_id, arm_id, stratum, kind, pi, x, policy, served_policy, model_version,
  snapshot_id, items, reason)
SELECT decided_at_of(made.id), made.id, decode(md5('shopper ' || made.i % $2::integer), 'hex'), 'home', epoch.id,
  1 + made.i % $2::integer % 4, (ARRAY['bandit', 'bandit', 'bandit', 'uniform'])[1 + made.i % 4], 'drawn', '{0.25,0.25,0.25,0.25}',
  ARRAY[1024, 1024 * (made.i % 2), 0, 1024 * ((made.i + 1) % 2), 0, 1024, 0, 0, made.i % 1024, 512 - made.i % 1024, 724, -724, 0, 1024, 1024, 0],
  'popularity', 'popularity', '0123456789abcdef', '0123456789abcdef', '{1,2,3,4,5,6}', 'fixed'
FROM (SELECT i, uuidv7(-interval '14 days' * random()) AS id FROM generate_series(1, $1::integer) AS i OFFSET 0) AS made
CROSS JOIN epochs AS epoch`

const OUTCOMES = `
INSERT INTO outcomes (received_at, outcome_id, unit, decision_id, type, item_no, item_id, value_minor, currency, quantity, occurred_at)
SELECT now(), 'outcome ' || made.i, made.unit, CASE WHEN made.i % 2 = 0 THEN made.decision_id END,
  (ARRAY['click', 'view', 'purchase'])[1 + made.i % 3], 1, 'SHOE-0001', 9900, 'EUR', 1,
  least(now(), made.decided_at + interval '10 minutes' * random())
FROM (SELECT row_number() OVER () AS i, exposure.* FROM exposures AS exposure ORDER BY random() LIMIT $1::integer) AS made`

/** Measures; a round takes some ten seconds for 100,000 exposures. */
export async function benchDecisionFold(ground: Ground, { rounds, exposures, tell }: FoldOptions): Promise<DecisionFoldBench> {
  const sizes = { exposures, outcomes: Math.floor(exposures / 2) }
  const speeds = {
    exposures: { bandit: [] as number[], fixed: [] as number[] },
    outcomes: { bandit: [] as number[], fixed: [] as number[] },
  }
  for (let round = 1; round <= rounds; round++) {
    for (const kind of ['bandit', 'fixed'] as const) {
      tell(`round ${round} of ${rounds}: folding ${sizes.exposures} exposures and ${sizes.outcomes} outcomes, ${kind}`)
      const url = await ground.database('bench_decision_fold')
      await withClient(url, async (client) => {
        await client.query(EPOCH, [kind === 'bandit' ? { allocation: { kind: 'thompson' } } : {}])
        await client.query(EXPOSURES, [sizes.exposures, Math.floor(exposures / EXPOSURES_EACH)])
        speeds.exposures[kind].push(sizes.exposures / (await foldSeconds(url, 'exposures', sizes.exposures)))
        await client.query(OUTCOMES, [sizes.outcomes])
        speeds.outcomes[kind].push(sizes.outcomes / (await foldSeconds(url, 'outcomes', sizes.outcomes)))
      })
    }
  }
  const figures = (table: Table): DecisionFoldFigures => ({
    rows: sizes[table],
    banditPerSecond: medianOf(speeds[table].bandit),
    fixedPerSecond: medianOf(speeds[table].fixed),
  })
  return { exposures: figures('exposures'), outcomes: figures('outcomes') }
}
