-- Adds to a cell of scores what changed. Index: aipw_cells_pkey.
INSERT INTO aipw_cells AS cell (
  epoch_id, day, stratum, eligible, units, sums, products, counts, expected, covariance, inverse, weights, squared_weights, outcomes,
  outcome_squares, weighted, weighted_squares
)
VALUES (
  $1::integer, $2::integer, $3::text, $4::numeric, $5::bigint, $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[],
  $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[], $16::numeric[],
  $17::numeric[]
)
ON CONFLICT (epoch_id, day, stratum, eligible) DO UPDATE
SET
  units = cell.units + EXCLUDED.units,
  sums = array_plus(cell.sums, EXCLUDED.sums),
  products = array_plus(cell.products, EXCLUDED.products),
  counts = array_plus(cell.counts, EXCLUDED.counts),
  expected = array_plus(cell.expected, EXCLUDED.expected),
  covariance = array_plus(cell.covariance, EXCLUDED.covariance),
  inverse = array_plus(cell.inverse, EXCLUDED.inverse),
  weights = array_plus(cell.weights, EXCLUDED.weights),
  squared_weights = array_plus(cell.squared_weights, EXCLUDED.squared_weights),
  outcomes = coalesce(array_plus(cell.outcomes, EXCLUDED.outcomes), cell.outcomes),
  outcome_squares = coalesce(array_plus(cell.outcome_squares, EXCLUDED.outcome_squares), cell.outcome_squares),
  weighted = coalesce(array_plus(cell.weighted, EXCLUDED.weighted), cell.weighted),
  weighted_squares = coalesce(array_plus(cell.weighted_squares, EXCLUDED.weighted_squares), cell.weighted_squares)
