-- The decisions of bandits in [low, high), with the cell they belong to: its hour counts from 1970. Index: exposures_xid.
SELECT
  exposure.epoch_id, exposure.arm_id, exposure.stratum,
  floor(extract(epoch FROM exposure.decided_at) / 3600)::integer AS hour,
  exposure.x::text AS x
FROM exposures AS exposure
WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8 AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
