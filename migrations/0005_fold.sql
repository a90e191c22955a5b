-- What the fold needs besides: whose outcomes came without a unit, cells that count excluded units, exact helpers.

-- The moment of a decision is the first 48 bits of its id (UUID version 7), in milliseconds.
CREATE FUNCTION decided_at_of(id uuid) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_timestamp(('x' || lpad(translate(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint / 1000.0);

-- A sum that does not fit is held at the edge, so that no outcome can stop the fold.
CREATE FUNCTION held_bigint(total numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN least(greatest(total, -9000000000000000000), 9000000000000000000)::bigint;

-- Element by element; both have the same length.
CREATE FUNCTION array_plus(a numeric[], b numeric[]) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(x.a + x.b ORDER BY x.i) FROM unnest(a, b) WITH ORDINALITY AS x (a, b, i));

-- Outcomes are looked for by unit alone, in all its epochs.
ALTER TABLE unit_rows DROP CONSTRAINT unit_rows_pkey;
ALTER TABLE unit_rows ADD PRIMARY KEY (unit, epoch_id);

ALTER TABLE unit_cells ADD COLUMN excluded bigint NOT NULL DEFAULT 0;

-- Outcomes that named only a decision, once the decision is in the log: they may arrive before it (a drained spool).
CREATE TABLE outcome_units (
  unit        bytea       NOT NULL,
  received_at timestamptz NOT NULL,
  outcome_id  text        NOT NULL,
  PRIMARY KEY (unit, received_at, outcome_id)
);
CREATE INDEX outcomes_unjoined ON outcomes (decision_id) WHERE unit IS NULL AND decision_id IS NOT NULL;

-- Attaching instead of creating in place does not stop the writers; rows that fell into the default partition move along.
CREATE FUNCTION ensure_partition(parent text, month timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  name text := parent || to_char(month AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
  next timestamptz := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
  ruler text := CASE parent WHEN 'exposures' THEN 'decided_at' ELSE 'received_at' END;
BEGIN
  IF to_regclass(name) IS NOT NULL THEN
    RETURN 0;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT month CHECK (%I >= %L AND %I < %L)', name, ruler, month, ruler, next);
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_other');
  EXECUTE format(
    'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
    parent || '_other', ruler, month, ruler, next, name
  );
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, month, next);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT month', name);
  RETURN 1;
END $$;

CREATE OR REPLACE FUNCTION ensure_partitions(first timestamptz, last timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', first, 'UTC');
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('croupier partitions'));
  WHILE month <= last LOOP
    made := made + ensure_partition('exposures', month) + ensure_partition('outcomes', month);
    month := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
  END LOOP;
  RETURN made;
END $$;

-- The fold looks for a unit's outcomes from its first exposure on, by both times.
ALTER TABLE outcomes ADD CONSTRAINT told_after_it_happened CHECK (occurred_at <= received_at);
