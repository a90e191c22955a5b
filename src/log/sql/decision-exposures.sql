-- The decisions of bandits in [low, high), with the cell they belong to: its hour and day count from 1970. Scores belong to the day, which
-- for a unit that keeps its arm is that of its draw. Indexes: exposures_xid, assignments_pkey.
SELECT
  exposure.epoch_id, exposure.arm_id, exposure.stratum,
  floor(extract(epoch FROM exposure.decided_at) / 3600)::integer AS hour,
  exposure.x::text AS x,
  exposure.unit::text AS unit,
  floor(extract(epoch FROM CASE exposure.kind
    WHEN 'assigned' THEN coalesce(
      (SELECT stay.assigned_at FROM assignments AS stay WHERE stay.epoch_id = exposure.epoch_id AND stay.unit = exposure.unit), exposure.decided_at
    )
    ELSE exposure.decided_at
  END) / 86400)::integer AS day,
  exposure.pi::text AS pi,
  exposure.mhat::text AS mhat,
  exposure.kind = 'drawn' AS is_draw
FROM exposures AS exposure
WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8 AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
