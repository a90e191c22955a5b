-- Whether it is time to fold: the last fold of any node is $1 milliseconds old, and something has come that can be folded; also while
-- nothing was ever folded, or when the log comes from elsewhere (fold-bounds). Indexes: watermarks_pkey, exposures_xid, outcomes_xid.
SELECT coalesce(bool_and(due.is_it), true) AS is_due
FROM (
  SELECT
    mark.system_identifier <> control.system_identifier OR mark.xid > pg_snapshot_xmax(pg_current_snapshot())
    OR (
      coalesce(mark.folded_at <= clock_timestamp() - $1::float8 * interval '1 millisecond', true)
      AND coalesce(least(
        (SELECT exposure.xid FROM exposures AS exposure WHERE exposure.xid >= mark.xid ORDER BY exposure.xid LIMIT 1),
        (SELECT outcome.xid FROM outcomes AS outcome WHERE outcome.xid >= mark.xid ORDER BY outcome.xid LIMIT 1)
      ) < pg_snapshot_xmin(pg_current_snapshot()), false)
    ) AS is_it
  FROM watermarks AS mark
  CROSS JOIN pg_control_system() AS control
  WHERE mark.name = 'fold'
) AS due
