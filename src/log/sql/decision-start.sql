-- From where the decision grain has to be folded, until when the outcomes below that were received, and the decisions there were made. It has a watermark of its own: it
-- catches up when a node of the release before folded the unit grain alone. Nothing of a bandit is older than its epoch.
-- Indexes: watermarks_pkey; the first time epochs_bandits, outcomes_pkey, exposures_pkey.
INSERT INTO watermarks AS mark (name, xid, system_identifier, told_until, decided_until)
SELECT
  'decisions', first.xid, fold.system_identifier,
  coalesce((SELECT max(outcome.received_at) FROM outcomes AS outcome WHERE outcome.xid < first.xid), '-infinity'),
  coalesce((SELECT max(exposure.decided_at) FROM exposures AS exposure WHERE exposure.xid < first.xid), '-infinity')
FROM watermarks AS fold
CROSS JOIN LATERAL (
  SELECT least(fold.xid, (SELECT min(epoch.started_xid) FROM epochs AS epoch WHERE is_bandit(epoch.settings))) AS xid
) AS first
WHERE fold.name = 'fold' AND NOT EXISTS (SELECT FROM watermarks AS known WHERE known.name = 'decisions')
