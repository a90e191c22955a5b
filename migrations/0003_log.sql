-- The log: what was shown with which probability, and what came of it. Append only; everything else is derived from it.
-- xid is the transaction that wrote the row: the fold reads below pg_snapshot_xmin, because identity columns become visible out of order.

CREATE TABLE exposures (
  decided_at     timestamptz NOT NULL,
  decision_id    uuid        NOT NULL,
  xid            xid8        NOT NULL DEFAULT pg_current_xact_id(),
  unit           bytea       NOT NULL,
  surface        text        NOT NULL,
  epoch_id       integer,
  arm_id         integer,
  stratum        text        NOT NULL,
  kind           text        NOT NULL,
  pi             float8[]    NOT NULL,
  x              smallint[]  NOT NULL,
  policy         text        NOT NULL,
  served_policy  text        NOT NULL,
  model_version  text        NOT NULL,
  snapshot_id    text        NOT NULL,
  items          integer[]   NOT NULL,
  reason         text        NOT NULL,
  PRIMARY KEY (decided_at, decision_id)
) PARTITION BY RANGE (decided_at);
CREATE INDEX exposures_xid ON exposures (xid);
CREATE INDEX exposures_unit ON exposures (unit, decided_at DESC);
CREATE TABLE exposures_other PARTITION OF exposures DEFAULT;

CREATE TABLE outcomes (
  received_at timestamptz NOT NULL,
  outcome_id  text        NOT NULL,
  xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),
  unit        bytea,
  decision_id uuid,
  type        text        NOT NULL,
  item_no     integer,
  item_id     text,
  value_minor bigint,
  currency    text,
  quantity    integer     NOT NULL,
  occurred_at timestamptz NOT NULL,
  flags       text[]      NOT NULL DEFAULT '{}',
  PRIMARY KEY (received_at, outcome_id)
) PARTITION BY RANGE (received_at);
CREATE INDEX outcomes_xid ON outcomes (xid);
CREATE INDEX outcomes_unit ON outcomes (unit, occurred_at);
CREATE INDEX outcomes_decision ON outcomes (decision_id) WHERE decision_id IS NOT NULL;
CREATE TABLE outcomes_other PARTITION OF outcomes DEFAULT;

-- Uniqueness for ever lives apart from the monthly partitions.
CREATE TABLE outcome_keys (
  outcome_id  text        PRIMARY KEY,
  body_hash   bytea       NOT NULL,
  received_at timestamptz NOT NULL
) PARTITION BY HASH (outcome_id);
CREATE TABLE outcome_keys_0 PARTITION OF outcome_keys FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE outcome_keys_1 PARTITION OF outcome_keys FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE outcome_keys_2 PARTITION OF outcome_keys FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE outcome_keys_3 PARTITION OF outcome_keys FOR VALUES WITH (MODULUS 4, REMAINDER 3);

-- A repeated requestId is answered with the same bytes, on any node, for seven days.
CREATE TABLE request_keys (
  request_key bytea       PRIMARY KEY,
  body_hash   bytea       NOT NULL,
  decision_id uuid        NOT NULL,
  response    bytea       NOT NULL,
  decided_at  timestamptz NOT NULL
);
CREATE INDEX request_keys_decided_at ON request_keys (decided_at);

-- Settings a decision was made under, by the hash of their content.
CREATE TABLE snapshots (
  id         text        PRIMARY KEY,
  as_of      timestamptz NOT NULL DEFAULT now(),
  build_hash text        NOT NULL,
  body       jsonb       NOT NULL
);

-- Makes the monthly partitions that cover [first, last].
CREATE FUNCTION ensure_partitions(first timestamptz, last timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', first, 'UTC');
  name text;
  made integer := 0;
BEGIN
  WHILE month <= last LOOP
    name := to_char(month AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
    IF to_regclass('exposures' || name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF exposures FOR VALUES FROM (%L) TO (%L)', 'exposures' || name, month, month + interval '1 month');
      made := made + 1;
    END IF;
    IF to_regclass('outcomes' || name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF outcomes FOR VALUES FROM (%L) TO (%L)', 'outcomes' || name, month, month + interval '1 month');
      made := made + 1;
    END IF;
    month := (date_trunc('month', month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
  END LOOP;
  RETURN made;
END $$;
