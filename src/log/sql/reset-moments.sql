-- Forgets everything that was derived from the log; the fold starts again at the first row.
-- Rows that a restored log brought along from a server further ahead become rows of this transaction, so that they are folded once it ends.
WITH unit_rows_gone AS (DELETE FROM unit_rows),
  unit_cells_gone AS (DELETE FROM unit_cells),
  unit_money_gone AS (DELETE FROM unit_money),
  money_cells_gone AS (DELETE FROM money_cells),
  exposure_cells_gone AS (DELETE FROM exposure_cells),
  outcome_units_gone AS (DELETE FROM outcome_units),
  bandit_buckets_gone AS (DELETE FROM bandit_buckets),
  delay_cells_gone AS (DELETE FROM delay_cells),
  logit_cells_gone AS (DELETE FROM logit_cells),
  unit_periods_gone AS (DELETE FROM unit_periods),
  aipw_cells_gone AS (DELETE FROM aipw_cells),
  exposures_here AS (
    UPDATE exposures SET xid = pg_current_xact_id() WHERE exposures.xid >= pg_snapshot_xmax(pg_current_snapshot())
  ),
  outcomes_here AS (
    UPDATE outcomes SET xid = pg_current_xact_id() WHERE outcomes.xid >= pg_snapshot_xmax(pg_current_snapshot())
  ),
  interactions_here AS (
    UPDATE interactions SET xid = pg_current_xact_id() WHERE interactions.xid >= pg_snapshot_xmax(pg_current_snapshot())
  )
UPDATE watermarks
SET xid = '0', system_identifier = control.system_identifier, folded_at = clock_timestamp(), told_until = '-infinity',
  decided_until = '-infinity'
FROM pg_control_system() AS control
WHERE watermarks.name IN ('fold', 'decisions')
