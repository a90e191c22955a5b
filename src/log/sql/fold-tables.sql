-- Scratch tables of a fold, one set a connection, empty again after each transaction.
-- told: outcomes that are new. touched: units whose row changes, as it becomes and as it was. hits: the outcomes inside their windows.
-- past: what those units did before, added up, when it has to be read (anew).
CREATE TEMPORARY TABLE IF NOT EXISTS told (unit bytea NOT NULL, occurred_at timestamptz NOT NULL, known_at timestamptz NOT NULL) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS touched (
  epoch_id     integer     NOT NULL,
  unit         bytea       NOT NULL,
  arm_id       integer     NOT NULL,
  first_at     timestamptz NOT NULL,
  day          date        NOT NULL,
  excluded     boolean     NOT NULL,
  totals       bigint[]    NOT NULL,
  reads_past   boolean     NOT NULL,
  old_arm_id   integer,
  old_day      date,
  old_excluded boolean,
  old_totals   bigint[]
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS hits (
  epoch_id    integer     NOT NULL,
  unit        bytea       NOT NULL,
  first_at    timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,
  type        text        NOT NULL,
  value_minor bigint,
  currency    text,
  quantity    integer     NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS past (
  epoch_id    integer  NOT NULL,
  unit        bytea    NOT NULL,
  type        text     NOT NULL,
  currency    text,
  span        interval NOT NULL,
  n           bigint   NOT NULL,
  value_minor numeric,
  quantity    bigint   NOT NULL
) ON COMMIT DELETE ROWS
