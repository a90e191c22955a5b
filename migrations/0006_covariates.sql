-- What a unit did before its first exposure, as the service knew it then: covariates that take noise out of comparisons (CUPED).

-- A slot looks forward over window_span, or back over past_span; slots count from 0 without gaps, and those that look back stand last.
-- A history ("was there anything?") belongs to no metric.
ALTER TABLE epoch_slots ADD COLUMN past_span interval;
ALTER TABLE epoch_slots ALTER COLUMN metric DROP NOT NULL;
ALTER TABLE epoch_slots DROP CONSTRAINT epoch_slots_part_check;
ALTER TABLE epoch_slots ADD CONSTRAINT epoch_slots_part_check CHECK (part IN ('value', 'numerator', 'denominator', 'history'));

-- Imported history is a source beside the log: when it became known decides whom it counts for, and its transaction when it is folded.
ALTER TABLE interactions ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE interactions ADD COLUMN imported_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX interactions_xid ON interactions (xid);
CREATE INDEX interactions_unit ON interactions (unit, occurred_at) WHERE unit IS NOT NULL;
