-- Until when the outcomes below $2 were received, and the decisions there were made, given what lies in [$1, $2). Indexes: watermarks_pkey,
-- outcomes_xid, exposures_xid.
SELECT
  greatest(mark.told_until, (
    SELECT max(outcome.received_at) FROM outcomes AS outcome WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8
  ))::text AS told_until,
  greatest(mark.decided_until, (
    SELECT max(exposure.decided_at) FROM exposures AS exposure WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8
  ))::text AS decided_until
FROM watermarks AS mark
WHERE mark.name = 'decisions'
