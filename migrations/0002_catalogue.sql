-- What the shop sells and what its shoppers did before and beside Croupier.

CREATE TABLE items (
  item_no      integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id      text        NOT NULL UNIQUE,
  title        text        NOT NULL DEFAULT '',
  category     text,
  brand        text,
  price_minor  bigint,
  margin_minor bigint,
  currency     text,
  stock        integer,
  discontinued boolean     NOT NULL DEFAULT false,
  attributes   jsonb       NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE imports (
  id            integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text        NOT NULL,
  file_name     text        NOT NULL,
  file_hash     bytea       NOT NULL,
  mapping_hash  text        NOT NULL,
  lines_done    bigint      NOT NULL DEFAULT 0,
  rows_accepted bigint      NOT NULL DEFAULT 0,
  rows_refused  bigint      NOT NULL DEFAULT 0,
  reasons       jsonb       NOT NULL DEFAULT '{}',
  started_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz,
  UNIQUE (kind, file_hash, mapping_hash)
);

-- History. Quantities and money of returns are negative. No foreign keys: they would cost most of the import's speed.
CREATE TABLE interactions (
  interaction_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  import_id      integer,
  line           bigint,
  unit           bytea,
  item_no        integer     NOT NULL,
  type           text        NOT NULL,
  quantity       integer     NOT NULL,
  value_minor    bigint,
  currency       text,
  basket         text,
  occurred_at    timestamptz NOT NULL
);

-- What training made of the log. A version is the hash of its body; the newest active one of a policy serves.
CREATE TABLE models (
  policy     text        NOT NULL,
  version    text        NOT NULL,
  body       bytea       NOT NULL,
  summary    jsonb       NOT NULL,
  trained_at timestamptz NOT NULL DEFAULT now(),
  active     boolean     NOT NULL DEFAULT true,
  PRIMARY KEY (policy, version)
);
