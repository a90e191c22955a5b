-- Slate assembly: who sells an item and how often it comes back; what rules and chance did to a slate. Expands only.

ALTER TABLE items ADD COLUMN seller text;
-- Part of the purchases that comes back, from 0 to 1; null where nobody knows.
ALTER TABLE items ADD COLUMN return_rate float8 CHECK (return_rate >= 0 AND return_rate <= 1);

-- With which probability each item stood at its place; null when nothing was left to chance.
ALTER TABLE exposures ADD COLUMN rank_pi float8[];
-- Pins and boosts that changed the slate, with their price; null when there were none.
ALTER TABLE exposures ADD COLUMN rules jsonb;
