-- Where an item may be shown: what a surface's filter asks besides stock. Expands only.

-- ISO 3166-1 alpha-2 codes; null: everywhere. An item with an empty list may be shown nowhere.
ALTER TABLE items ADD COLUMN countries text[];
