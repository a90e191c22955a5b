-- What the control of exposure targets knows, by surface and group: a memory (its integral), and how far it has read the log. Expands only.
CREATE TABLE exposure_controls (
  surface    text        NOT NULL,
  field      text        NOT NULL,
  value      text        NOT NULL,
  -- What the group's items are given on top of their value, in [0, 1].
  pressure   float8      NOT NULL CHECK (pressure >= 0 AND pressure <= 1),
  -- Share of position-weighted exposure in the last step, and slates in it.
  shown      float8      NOT NULL,
  slates     integer     NOT NULL,
  -- Exposures of transactions below this were read.
  read_to    xid8        NOT NULL,
  stepped_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, field, value)
);
