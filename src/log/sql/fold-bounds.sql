-- From where to where to fold: from the watermark up to the oldest transaction that still runs, and not more than $1 rows at once; a single
-- transaction with more rows than that is folded whole. Read after the lock, in a snapshot of its own.
-- A watermark of another server, or from the future, means that the log was restored: its transaction ids count from elsewhere.
-- Indexes: exposures_xid, outcomes_xid. Measured 2,000 rows/ms.
WITH mark AS MATERIALIZED (
  SELECT
    watermark.xid AS low,
    (watermark.xid::text::numeric + 1)::text::xid8 AS next,
    greatest(watermark.xid, pg_snapshot_xmin(pg_current_snapshot())) AS horizon,
    watermark.system_identifier = control.system_identifier AND watermark.xid <= pg_snapshot_xmax(pg_current_snapshot()) AS is_valid
  FROM watermarks AS watermark
  CROSS JOIN pg_control_system() AS control
  WHERE watermark.name = 'fold'
), enough AS (
  SELECT least(
    (SELECT exposure.xid FROM exposures AS exposure WHERE exposure.xid >= (SELECT mark.low FROM mark) ORDER BY exposure.xid OFFSET $1::integer LIMIT 1),
    (SELECT outcome.xid FROM outcomes AS outcome WHERE outcome.xid >= (SELECT mark.low FROM mark) ORDER BY outcome.xid OFFSET $1::integer LIMIT 1)
  ) AS xid
)
SELECT
  mark.low,
  CASE WHEN enough.xid IS NULL THEN mark.horizon ELSE least(mark.horizon, greatest(enough.xid, mark.next)) END AS high,
  enough.xid IS NOT NULL AND greatest(enough.xid, mark.next) < mark.horizon AS is_behind,
  mark.is_valid,
  EXISTS (SELECT FROM epoch_slots AS slot WHERE slot.past_span IS NOT NULL) AS has_past
FROM mark, enough
