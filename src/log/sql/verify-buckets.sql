-- The stored cells of bandits, named as verify-decisions names them.
SELECT
  concat_ws(' ', cell.epoch_id, cell.arm_id, cell.stratum, to_char(cell.bucket, 'YYYY-MM-DD"T"HH24'), cell.features) AS cell,
  cell.n::text AS n,
  cell.a::text[] AS a, cell.b::text[] AS b, cell.c::text[] AS c
FROM bandit_buckets AS cell
