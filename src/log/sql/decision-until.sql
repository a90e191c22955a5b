-- Until when the outcomes below $2 were received, and the decisions there were made, given what lies in [$1, $2); and whether that may have
-- moved what any decision brought: there are new outcomes, or new decisions before the latest moment at which an older outcome was
-- received. Indexes: watermarks_pkey, outcomes_xid, exposures_xid.
SELECT
  greatest(mark.told_until, told.latest)::text AS told_until,
  greatest(mark.decided_until, made.latest)::text AS decided_until,
  told.latest IS NOT NULL OR coalesce(made.earliest <= mark.told_until, false) AS is_moved
FROM watermarks AS mark
CROSS JOIN (
  SELECT max(outcome.received_at) AS latest FROM outcomes AS outcome WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8
) AS told
CROSS JOIN (
  SELECT min(exposure.decided_at) AS earliest, max(exposure.decided_at) AS latest
  FROM exposures AS exposure
  WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8
) AS made
WHERE mark.name = 'decisions'
