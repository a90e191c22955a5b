-- What the fold makes of the log: unit rows, and moments that add up. All of it can be recounted from the log (croupier verify).

CREATE TABLE watermarks (
  name              text   PRIMARY KEY,
  xid               xid8   NOT NULL,
  system_identifier bigint NOT NULL,
  folded_at         timestamptz NOT NULL DEFAULT now()
);

-- One row a unit in an epoch. totals[slot] over the slot's window from first_at; an excluded unit was seen in two arms.
CREATE TABLE unit_rows (
  epoch_id integer     NOT NULL,
  unit     bytea       NOT NULL,
  arm_id   integer     NOT NULL,
  first_at timestamptz NOT NULL,
  day      date        NOT NULL,
  segment  text        NOT NULL,
  excluded boolean     NOT NULL DEFAULT false,
  totals   bigint[]    NOT NULL,
  PRIMARY KEY (epoch_id, unit)
);

-- Moments at unit grain: n units, s[i] = Σ yᵢ, ss = Σ yᵢ·yⱼ for j ≤ i, row by row: (1,1), (2,1), (2,2), (3,1), …
CREATE TABLE unit_cells (
  epoch_id integer   NOT NULL,
  arm_id   integer   NOT NULL,
  day      date      NOT NULL,
  segment  text      NOT NULL,
  n        bigint    NOT NULL,
  s        numeric[] NOT NULL,
  ss       numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, day, segment)
);

-- Money of a unit in an epoch by currency, within the epoch's longest window; returns are ≤ 0, so net = gross + returned.
CREATE TABLE unit_money (
  epoch_id integer NOT NULL,
  unit     bytea   NOT NULL,
  currency text    NOT NULL,
  gross    bigint  NOT NULL,
  returned bigint  NOT NULL,
  PRIMARY KEY (epoch_id, unit, currency)
);

CREATE TABLE money_cells (
  epoch_id   integer NOT NULL,
  arm_id     integer NOT NULL,
  currency   text    NOT NULL,
  units      bigint  NOT NULL,
  gross      numeric NOT NULL,
  returned   numeric NOT NULL,
  net_square numeric NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, currency)
);

-- How many exposures each arm had: Σ arms = exposures, checked on every report.
CREATE TABLE exposure_cells (
  epoch_id integer NOT NULL,
  arm_id   integer NOT NULL,
  day      date    NOT NULL,
  n        bigint  NOT NULL,
  fallback bigint  NOT NULL,
  masked   bigint  NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, day)
);
