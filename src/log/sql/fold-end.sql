-- Moves the watermark; everything below it is in the moments now.
UPDATE watermarks SET xid = $1::xid8, folded_at = clock_timestamp() WHERE name = 'fold'
