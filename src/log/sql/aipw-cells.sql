-- The cells of scores of a bandit's epoch. Index: aipw_cells_pkey.
SELECT
  cell.day, cell.stratum, cell.eligible::text, cell.units::text, cell.sums::text[], cell.products::text[], cell.counts::text[],
  cell.expected::text[], cell.covariance::text[], cell.inverse::text[], cell.weights::text[], cell.squared_weights::text[],
  cell.outcomes::text[], cell.outcome_squares::text[], cell.weighted::text[], cell.weighted_squares::text[],
  cardinality(epoch.arm_ids) AS arms
FROM aipw_cells AS cell
JOIN epochs AS epoch ON epoch.id = cell.epoch_id
WHERE cell.epoch_id = $1::integer
ORDER BY cell.day, cell.stratum, cell.eligible
