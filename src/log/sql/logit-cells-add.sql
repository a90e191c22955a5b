-- Adds to the cells of logistic bandits what changed, in the order of their key; x and hits come as texts. Index: logit_cells_pkey.
INSERT INTO logit_cells AS cell (epoch_id, bucket, arm_id, x, n, hits)
SELECT g.epoch_id, to_timestamp(g.hour::float8 * 3600), g.arm_id, g.x::smallint[], g.n, g.hits::numeric[]
FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[], $6::text[]) AS g (epoch_id, hour, arm_id, x, n, hits)
ORDER BY g.epoch_id, g.hour, g.arm_id, g.x::smallint[]
ON CONFLICT (epoch_id, bucket, arm_id, x) DO UPDATE
SET n = cell.n + EXCLUDED.n, hits = coalesce(array_plus(cell.hits, EXCLUDED.hits), cell.hits)
