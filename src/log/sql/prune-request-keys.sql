-- Forgets requestIds older than seven days, a bounded number at a time. Index: request_keys_decided_at.
DELETE FROM request_keys
WHERE request_keys.request_key IN (
  SELECT old.request_key
  FROM request_keys AS old
  WHERE old.decided_at < now() - interval '7 days'
  ORDER BY old.decided_at
  LIMIT $1
)
