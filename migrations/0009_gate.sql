-- What the gate did to the arms of a bandit, and which arm a unit stays with. Expands only.

-- Append only: what is taken back is taken back by a later action. Evidence is what the action rested on, in numbers or words.
CREATE TABLE gate_actions (
  id       integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  epoch_id integer     NOT NULL REFERENCES epochs (id),
  arm_id   integer     REFERENCES arms (id),
  kind     text        NOT NULL CHECK (kind IN ('retire', 'mask', 'promote', 'stop', 'unmask')),
  at       timestamptz NOT NULL DEFAULT now(),
  evidence jsonb       NOT NULL,
  by       text        NOT NULL,
  undoes   integer     UNIQUE REFERENCES gate_actions (id),
  CHECK ((kind = 'stop') = (arm_id IS NULL)),
  CHECK ((kind = 'unmask') = (undoes IS NOT NULL))
);
CREATE INDEX gate_actions_epoch ON gate_actions (epoch_id, id);

-- A sticky bandit's first draw for a unit, with the vector it was drawn from: later requests of the unit get the same arm. Never changed.
CREATE TABLE assignments (
  epoch_id       integer     NOT NULL,
  unit           bytea       NOT NULL,
  arm_id         integer     NOT NULL,
  stratum        text        NOT NULL,
  pi             float8[]    NOT NULL,
  mhat           float4[],
  scale          float4[],
  first_decision uuid        NOT NULL,
  assigned_at    timestamptz NOT NULL,
  PRIMARY KEY (epoch_id, unit)
);
