-- What was sent under these outcomeIds the first time. Index: outcome_keys_pkey.
SELECT kept.outcome_id, encode(kept.body_hash, 'hex') AS body_hash
FROM outcome_keys AS kept
WHERE kept.outcome_id = ANY ($1::text[])
