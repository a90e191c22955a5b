-- Batches of slates (croupier batch): when each began. The answers of a batch are known by requestId for seven days, so that it may be run
-- again until then and nobody is dealt to twice; afterwards it is refused. Expands only.
CREATE TABLE batches (
  surface  text        NOT NULL,
  batch    text        NOT NULL,
  began_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, batch)
);
