-- Adds to the delays of bandits' buckets what changed, in the order of their key. Index: delay_cells_pkey.
INSERT INTO delay_cells AS cell (epoch_id, bucket, arm_id, stratum, features, slot, delay_bin, count)
SELECT g.epoch_id, to_timestamp(g.hour::float8 * 3600), g.arm_id, g.stratum, g.features, g.slot, g.delay_bin, g.count
FROM unnest(
  $1::integer[], $2::integer[], $3::text[], $4::integer[], $5::smallint[], $6::smallint[], $7::smallint[], $8::bigint[]
) AS g (epoch_id, arm_id, stratum, hour, features, slot, delay_bin, count)
ORDER BY g.epoch_id, g.hour, g.arm_id, g.stratum, g.features, g.slot, g.delay_bin
ON CONFLICT (epoch_id, bucket, arm_id, stratum, features, slot, delay_bin) DO UPDATE
SET count = cell.count + EXCLUDED.count
