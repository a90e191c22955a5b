-- Money of an epoch by arm and currency. Index: money_cells_pkey.
SELECT
  cell.arm_id, cell.currency, cell.units::text AS units, cell.gross::text AS gross, cell.returned::text AS returned,
  cell.net_square::text AS net_square
FROM money_cells AS cell
WHERE cell.epoch_id = $1 AND cell.units <> 0
ORDER BY cell.arm_id, cell.currency
