-- The draws that count for these units. Index: assignments_pkey.
SELECT
  known.epoch_id, known.unit, known.arm_id, known.stratum, known.pi, known.mhat, known.scale, known.first_decision
FROM assignments AS known
WHERE (known.epoch_id, known.unit) IN (SELECT given.epoch_id, given.unit FROM unnest($1::integer[], $2::bytea[]) AS given (epoch_id, unit))
