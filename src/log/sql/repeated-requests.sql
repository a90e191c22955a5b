-- The answers that were given to requestIds before, by another decision than ours. Index: request_keys_pkey.
SELECT encode(kept.request_key, 'hex') AS request_key, encode(kept.body_hash, 'hex') AS body_hash, encode(kept.response, 'base64') AS response
FROM request_keys AS kept
WHERE kept.request_key = ANY ($1::bytea[]) AND kept.decision_id <> ALL ($2::uuid[])
