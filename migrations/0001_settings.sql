-- What people define: surfaces, policies, metrics, experiments; who may ask: keys. One shape for every noun.

CREATE TABLE surfaces (
  id          integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key         text        NOT NULL UNIQUE,
  revision    integer     NOT NULL DEFAULT 1,
  body        jsonb       NOT NULL,
  status      text        NOT NULL DEFAULT 'active',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE policies (LIKE surfaces INCLUDING ALL);
CREATE TABLE metrics (LIKE surfaces INCLUDING ALL);
CREATE TABLE experiments (LIKE surfaces INCLUDING ALL);
ALTER TABLE experiments ALTER COLUMN status SET DEFAULT 'draft';

-- An arm's id is never given to another arm, so that the log stays readable for ever.
CREATE TABLE arms (
  id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  experiment_id integer NOT NULL REFERENCES experiments (id),
  key           text    NOT NULL,
  UNIQUE (experiment_id, key)
);

-- An epoch starts whenever arms, audience, traffic or metrics of a running experiment change. Its settings are frozen.
CREATE TABLE epochs (
  id              integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  experiment_id   integer     NOT NULL REFERENCES experiments (id),
  no              integer     NOT NULL,
  arm_ids         integer[]   NOT NULL,
  settings        jsonb       NOT NULL,
  settings_hash   text        NOT NULL,
  feature_version smallint    NOT NULL,
  started_at      timestamptz NOT NULL DEFAULT now(),
  started_xid     xid8        NOT NULL DEFAULT pg_current_xact_id(),
  ended_at        timestamptz,
  UNIQUE (experiment_id, no)
);

-- What the fold adds up for a unit in an epoch, slot by slot; copied from the metrics when the epoch starts.
CREATE TABLE epoch_slots (
  epoch_id     integer  NOT NULL REFERENCES epochs (id),
  slot         smallint NOT NULL,
  metric       text     NOT NULL,
  part         text     NOT NULL CHECK (part IN ('value', 'numerator', 'denominator')),
  aggregate    text     NOT NULL CHECK (aggregate IN ('any', 'count', 'value', 'quantity')),
  types        text[]   NOT NULL,
  window_span  interval NOT NULL,
  currency     text,
  cap          bigint,
  PRIMARY KEY (epoch_id, slot)
);

CREATE TABLE api_keys (
  selector     text        PRIMARY KEY,
  verifier     bytea       NOT NULL,
  name         text        NOT NULL,
  scopes       text[]      NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

-- Kill switches of the table source; the file and LaunchDarkly sources live elsewhere.
CREATE TABLE flags (
  key        text        PRIMARY KEY,
  value      boolean     NOT NULL,
  because    text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- One row: which secret this database belongs to. A node with another secret refuses to start.
CREATE TABLE installation (
  singleton          boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  secret_fingerprint text    NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now()
);
