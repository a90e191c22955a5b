-- How far the fold is behind: age of the oldest row above the watermark, and the oldest transaction that keeps it there.
SELECT
  coalesce(extract(epoch FROM clock_timestamp() - least(
    (SELECT exposure.decided_at FROM exposures AS exposure WHERE exposure.xid >= watermark.xid ORDER BY exposure.xid LIMIT 1),
    (SELECT outcome.received_at FROM outcomes AS outcome WHERE outcome.xid >= watermark.xid ORDER BY outcome.xid LIMIT 1)
  )), 0)::float8 AS seconds,
  watermark.xid AS watermark,
  holder.pid,
  holder.application_name,
  holder.state,
  extract(epoch FROM clock_timestamp() - holder.xact_start)::float8 AS holder_seconds
FROM watermarks AS watermark
LEFT JOIN LATERAL (
  SELECT backend.pid, backend.application_name, backend.state, backend.xact_start
  FROM pg_stat_activity AS backend
  WHERE backend.backend_xid IS NOT NULL AND backend.pid <> pg_backend_pid()
  ORDER BY age(backend.backend_xid) DESC
  LIMIT 1
) AS holder ON true
WHERE watermark.name = 'fold'
