-- Moves the watermark of the decision grain. Indexes: watermarks_pkey, outcomes_xid.
UPDATE watermarks AS mark
SET
  xid = $2::xid8,
  folded_at = clock_timestamp(),
  told_until = greatest(mark.told_until, (
    SELECT max(outcome.received_at) FROM outcomes AS outcome WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8
  ))
WHERE mark.name = 'decisions'
