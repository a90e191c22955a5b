-- How much was recounted. Whole scans.
SELECT
  watermark.xid AS watermark,
  (SELECT count(*) FROM exposures AS exposure WHERE exposure.xid < watermark.xid) AS exposures,
  (SELECT count(*) FROM outcomes AS outcome WHERE outcome.xid < watermark.xid) AS outcomes,
  (SELECT count(*) FROM unit_rows) AS units,
  (SELECT count(*) FROM unit_cells) + (SELECT count(*) FROM money_cells) + (SELECT count(*) FROM exposure_cells) AS cells
FROM watermarks AS watermark
WHERE watermark.name = 'fold'
