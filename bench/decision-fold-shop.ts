/**
 * A shop whose surface is a bandit's, as rows of a log: 4 arms, 16 features, 3 objectives, what was expected of every arm beside each draw.
 *
 *     a day       a shopper makes four decisions within twenty minutes, at any hour of one day: sessions, as shops have them
 *     a fortnight every decision at a moment of its own in two weeks: each is a unit-day, and every hour of every arm is touched
 *
 * Every second decision brings a view and a click, every twentieth of those a purchase; half of the outcomes name their decision, half only
 * their shopper. A tenth of the shoppers are drawn evenly. Chance is a hash of the row's number, so every run has the same shop, in the
 * order of time, as a log has it.
 */
import type pg from 'pg'

export type Backlog = 'day' | 'fortnight'

/** Decisions of a shopper. */
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

/** From 0 to 1, by number and a seed of its own. */
const chance = (of: string, seed: number) => `((hashint4extended(${of}, ${seed}) & 1048575) / 1048576.0)::float8`
const SHOPPER = '(i % $2::integer)'
const AGO: Readonly<Record<Backlog, string>> = {
  day: `interval '24 hours' * ${chance(SHOPPER, 7)} + interval '20 minutes' * ${chance('i', 3)}`,
  fortnight: `interval '14 days' * ${chance('i', 3)}`,
}

/** Hour and season make no two vectors alike. */
const exposuresSql = (backlog: Backlog) => `
INSERT INTO exposures (decided_at, decision_id, unit, surface, epoch_id, arm_id, stratum, kind, pi, x, mhat, policy, served_policy, model_version,
  snapshot_id, items, reason)
SELECT decided_at_of(made.id), made.id, decode(md5('shopper ' || made.shopper), 'hex'), 'home', epoch.id, 1 + floor(4 * made.arm)::integer,
  CASE WHEN made.shopper % 10 = 9 THEN 'uniform' ELSE 'bandit' END, 'drawn',
  CASE WHEN made.shopper % 10 = 9 THEN '{0.25,0.25,0.25,0.25}'
    ELSE ARRAY[0.25 + 0.2 * r, 0.25 - 0.2 * r, 0.25 + 0.1 * r * r, 0.25 - 0.1 * r * r] END,
  ARRAY[1024, 1024 * (i % 2), 0, 1024 * ((i + 1) % 2), 0, 1024, 0, 0, i % 1024, 512 - i % 1024, 724, -724, 0, 1024, 1024, 0],
  ARRAY[0.02 + 0.01 * r, 0.5 + 0.1 * r, 99 + r, 0.03 - 0.01 * r, 0.4 + 0.1 * r, 99 - r,
    0.03 + 0.02 * r, 0.5 + 0.2 * r, 105 + r, 0.02 + 0.02 * r, 0.6 + 0.1 * r, 89 + r],
  'popularity', 'popularity', '0123456789abcdef', '0123456789abcdef', '{1,2,3,4,5,6}', 'fixed'
FROM (
  SELECT i, ${SHOPPER} AS shopper, uuidv7(-(interval '2 hours' + ${AGO[backlog]})) AS id, ${chance('i', 5)} AS r, ${chance('i', 9)} AS arm
  FROM generate_series(1, $1::integer) AS i
  OFFSET 0
) AS made
CROSS JOIN epochs AS epoch
ORDER BY made.id`

const OUTCOMES = `
INSERT INTO outcomes (received_at, outcome_id, unit, decision_id, type, item_no, item_id, value_minor, currency, quantity, occurred_at)
SELECT now(), 'outcome ' || made.i || ' ' || k, made.unit, CASE WHEN made.i % 2 = 0 THEN made.decision_id END,
  (ARRAY['view', 'click', 'purchase'])[k], 1, 'SHOE-0001', 9900, 'EUR', 1, made.decided_at + k * interval '2 minutes'
FROM (SELECT row_number() OVER (ORDER BY exposure.decision_id) AS i, exposure.* FROM exposures AS exposure) AS made
CROSS JOIN generate_series(1, 3) AS k
WHERE made.i % 4 < 2 AND (k < 3 OR made.i % 20 = 1)
ORDER BY made.i`

/** As autovacuum would have them by now. */
const STATISTICS = 'ANALYZE exposures, outcomes'

/** An epoch with these decisions; with a bandit, or in fixed shares. */
export async function makeDecisions(
  client: pg.Client,
  { backlog, exposures, isBandit }: { readonly backlog: Backlog; readonly exposures: number; readonly isBandit: boolean },
): Promise<void> {
  await client.query(EPOCH, [isBandit ? { allocation: { kind: 'thompson' } } : {}])
  await client.query(exposuresSql(backlog), [exposures, Math.floor(exposures / EXPOSURES_EACH)])
  await client.query(STATISTICS)
}

/** What they brought; resolves with the number of outcomes, some 1.05 a decision. */
export async function makeOutcomes(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(OUTCOMES)
  await client.query(STATISTICS)
  return rowCount ?? 0
}
