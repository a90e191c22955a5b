-- The stored delays of bandits' buckets, named as verify-decisions names buckets, with slot and bin.
SELECT
  concat_ws(' ', cell.epoch_id, cell.arm_id, cell.stratum, to_char(cell.bucket, 'YYYY-MM-DD"T"HH24'), cell.features) AS cell,
  cell.slot, cell.delay_bin,
  cell.count::text AS count
FROM delay_cells AS cell
WHERE cell.count <> 0
