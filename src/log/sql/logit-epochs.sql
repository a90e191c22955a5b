-- The epochs of bandits that keep cells: those that serve by the logistic model. Index: epochs_bandits.
SELECT epoch.id AS epoch_id
FROM epochs AS epoch
WHERE is_bandit(epoch.settings) AND epoch.settings #>> '{allocation,model}' = 'logistic'
