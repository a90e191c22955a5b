-- Appends exposures that may be in the log already, or whose requestId somebody may have used: each goes in at most once.
-- A requestId belongs to the decision that wrote it first; a row whose key belongs to another decision is left out, unless $24 says that
-- its slate was shown already (it waited in the spool): then it is logged without the key.
-- Indexes: both primary keys. Measured 37 rows/ms,
-- with keys and answers of 1 kB 20.
WITH given AS (
  SELECT
    to_timestamp(g.decided_ms / 1000.0) AS decided_at, g.decision_id, g.unit, g.x::smallint[] AS x, g.items::integer[] AS items, g.surface,
    g.epoch_id, g.arm_id, g.stratum, g.kind, g.pi::float8[] AS pi, g.policy, g.served_policy, g.model_version, g.snapshot_id, g.reason,
    g.mhat::float4[] AS mhat, g.scale::float4[] AS scale, g.rules::jsonb AS rules, g.rank_pi::float8[] AS rank_pi,
    g.request_key, g.body_hash, g.response
  FROM unnest(
    $1::bigint[], $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
      $21::bytea[], $22::bytea[], $23::bytea[]
  ) AS g (
    decided_ms, decision_id, unit, x, items, surface, epoch_id, arm_id, stratum, kind,
    pi, policy, served_policy, model_version, snapshot_id, reason, mhat, scale, rules, rank_pi, request_key, body_hash, response
  )
), won AS (
  INSERT INTO request_keys (request_key, body_hash, decision_id, response, decided_at)
  SELECT given.request_key, given.body_hash, given.decision_id, given.response, given.decided_at
  FROM given
  WHERE given.request_key IS NOT NULL
  ORDER BY given.request_key
  ON CONFLICT (request_key) DO NOTHING
  RETURNING decision_id
), owned AS (
  SELECT given.*
  FROM given
  LEFT JOIN won ON won.decision_id = given.decision_id
  LEFT JOIN request_keys AS kept ON kept.request_key = given.request_key
  WHERE given.request_key IS NULL OR won.decision_id IS NOT NULL OR kept.decision_id = given.decision_id OR $24::boolean
)
INSERT INTO exposures (
  decided_at, decision_id, unit, x, items, surface, epoch_id, arm_id, stratum, kind,
  pi, policy, served_policy, model_version, snapshot_id, reason, mhat, scale, rules, rank_pi
)
SELECT
  owned.decided_at, owned.decision_id, owned.unit, owned.x, owned.items, owned.surface, owned.epoch_id, owned.arm_id, owned.stratum,
  owned.kind, owned.pi, owned.policy, owned.served_policy, owned.model_version, owned.snapshot_id, owned.reason, owned.mhat, owned.scale,
  owned.rules, owned.rank_pi
FROM owned
ON CONFLICT DO NOTHING
