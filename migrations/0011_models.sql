-- Training that can be looked into and taken back: versions with their story, roles, refusals, trainings, shadows. Expands only.

-- The bytes of a model in pieces, so that neither writing nor reading one is ever a single long step. They come first, piece by piece; the
-- row in "models" that makes them a version comes last. Pieces without such a row are what a publication that was cut off left behind.
CREATE TABLE model_parts (
  policy     text        NOT NULL,
  version    text        NOT NULL,
  part       integer     NOT NULL,
  bytes      bytea       NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (policy, version, part)
);
ALTER TABLE model_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
INSERT INTO model_parts (policy, version, part, bytes)
SELECT m.policy, m.version, s.part, substring(m.body FROM s.part * 524288 + 1 FOR 524288)
FROM models m
CROSS JOIN LATERAL generate_series(0, greatest(0, (octet_length(m.body) - 1) / 524288)) AS s (part);
ALTER TABLE models ALTER COLUMN body DROP NOT NULL;
CREATE INDEX models_trained ON models (policy, trained_at DESC);

-- What a version is beside being one of many: pinned (it serves, whatever is newer) or a shadow (scored, never served).
CREATE TABLE model_roles (
  policy  text        NOT NULL,
  role    text        NOT NULL CHECK (role IN ('pinned', 'shadow')),
  version text        NOT NULL,
  since   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (policy, role),
  FOREIGN KEY (policy, version) REFERENCES models (policy, version)
);

-- Models that the gate refused, with its reasons; their bytes are not kept.
CREATE TABLE model_refusals (
  refusal_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  policy     text        NOT NULL,
  version    text        NOT NULL,
  reasons    text[]      NOT NULL,
  summary    jsonb       NOT NULL,
  trained_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_refusals_policy ON model_refusals (policy, trained_at DESC);

-- Trainings: why, from how much of the log, and what demand looked like, to notice when it no longer does.
CREATE TABLE trainings (
  training_id     integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  because         text        NOT NULL,
  read_at         timestamptz NOT NULL,
  ended_at        timestamptz NOT NULL DEFAULT now(),
  watermark       xid8        NOT NULL,
  interactions_to bigint      NOT NULL,
  reference       jsonb       NOT NULL,
  summary         jsonb       NOT NULL
);

-- Slates that a shadow and the live model would have given to the same request. Not exposures: nobody saw them, no moment counts them.
CREATE TABLE shadow_slates (
  policy         text        NOT NULL,
  shadow_version text        NOT NULL,
  live_version   text        NOT NULL,
  decision_id    uuid        NOT NULL,
  decided_at     timestamptz NOT NULL,
  unit           bytea,
  shadow_items   integer[]   NOT NULL,
  live_items     integer[]   NOT NULL,
  PRIMARY KEY (policy, shadow_version, decision_id)
);
CREATE INDEX shadow_slates_decided ON shadow_slates (decided_at);

-- The version of every policy that serves: the pinned one, else the newest active one.
CREATE FUNCTION live_models() RETURNS TABLE (policy text, version text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT DISTINCT ON (m.policy) m.policy, m.version
  FROM models m
  LEFT JOIN model_roles r ON r.policy = m.policy AND r.role = 'pinned'
  WHERE CASE WHEN r.version IS NULL THEN m.active ELSE m.version = r.version END
  ORDER BY m.policy, m.trained_at DESC, m.version;
END;

-- Versions that running and paused experiments have frozen.
CREATE FUNCTION frozen_models() RETURNS TABLE (policy text, version text, experiment text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT f.model #>> '{policy,key}', f.model ->> 'version', e.key
  FROM epochs p
  JOIN experiments e ON e.id = p.experiment_id
  CROSS JOIN LATERAL jsonb_array_elements(coalesce(p.settings -> 'frozenModels', '[]')) AS f (model)
  WHERE p.ended_at IS NULL AND f.model ->> 'version' IS NOT NULL;
END;
