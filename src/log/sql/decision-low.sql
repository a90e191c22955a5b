-- Where the last fold of the decision grain ended, and until when the outcomes below were received. Index: watermarks_pkey.
SELECT mark.xid::text AS low, mark.told_until::text AS told_until FROM watermarks AS mark WHERE mark.name = 'decisions'
