-- Moves the watermark of the decision grain, and with it until when the log below is known to reach. Indexes: watermarks_pkey, outcomes_xid,
-- exposures_xid.
UPDATE watermarks AS mark
SET
  xid = $2::xid8,
  folded_at = clock_timestamp(),
  told_until = greatest(mark.told_until, (
    SELECT max(outcome.received_at) FROM outcomes AS outcome WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8
  )),
  decided_until = greatest(mark.decided_until, (
    SELECT max(exposure.decided_at) FROM exposures AS exposure WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8
  ))
WHERE mark.name = 'decisions'
