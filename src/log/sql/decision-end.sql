-- Moves the watermark of the decision grain, and with it until when the log below is known to reach. Index: watermarks_pkey.
UPDATE watermarks AS mark
SET xid = $1::xid8, folded_at = clock_timestamp(), told_until = $2::timestamptz, decided_until = $3::timestamptz
WHERE mark.name = 'decisions'
