-- What shoppers did with items, by transactions from $1 on, newest first; the sight of a slate is nothing they did. What is older than a day training has long since read.
-- Index: outcomes_xid; received_at keeps it to the partitions of the last day.
SELECT o.unit, o.item_no AS item, o.type, extract(epoch FROM o.occurred_at)::float8 AS seconds
FROM outcomes AS o
WHERE o.xid >= $1::text::xid8 AND o.received_at > now() - interval '1 day' AND o.unit IS NOT NULL AND o.item_no IS NOT NULL
  AND (o.type <> 'view' OR o.decision_id IS NULL)
ORDER BY o.received_at DESC
LIMIT $2::integer
