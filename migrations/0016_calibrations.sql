-- What a model's ranking means in purchases, learned with it, or why that is unknown. Models of before have none. Expands only.
ALTER TABLE models ADD COLUMN calibration jsonb;
