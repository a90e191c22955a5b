-- The objectives of all bandits in their order: the slots of their epochs that look forward from a decision. An epoch without any has one
-- row of nulls. A slot that looks back (past_span) describes the unit, not what a decision brought. Index: epochs_bandits.
SELECT
  epoch.id AS epoch_id, epoch.arm_ids, slot.aggregate, slot.types, slot.currency,
  slot.cap::text AS cap,
  (extract(epoch FROM slot.window_span) * 1000000)::float8 AS window_micros
FROM epochs AS epoch
LEFT JOIN epoch_slots AS slot ON slot.epoch_id = epoch.id AND slot.past_span IS NULL
WHERE is_bandit(epoch.settings)
ORDER BY epoch.id, slot.slot
