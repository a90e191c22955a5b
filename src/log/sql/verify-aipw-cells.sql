-- The stored cells of scores, named as verify-scores names them.
SELECT
  concat_ws(' ', cell.epoch_id, cell.day, cell.stratum, cell.eligible) AS cell,
  cell.units::text, cell.sums::text[], cell.products::text[], cell.counts::text[], cell.expected::text[], cell.covariance::text[],
  cell.inverse::text[], cell.weights::text[], cell.squared_weights::text[], cell.outcomes::text[], cell.outcome_squares::text[],
  cell.weighted::text[], cell.weighted_squares::text[]
FROM aipw_cells AS cell
