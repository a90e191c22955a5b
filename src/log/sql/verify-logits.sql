-- The stored cells of logistic bandits, named as verify-decisions names buckets, with x.
SELECT
  concat_ws(' ', cell.epoch_id, cell.arm_id, 'bandit', to_char(cell.bucket, 'YYYY-MM-DD"T"HH24'), cardinality(cell.x)) AS cell,
  cell.x::text AS x, cell.n::text AS n, cell.hits::text AS hits
FROM logit_cells AS cell
