-- What the migrations add up to. Generated from the catalogue of a migrated database ("npm run generate"); do not edit.

CREATE TABLE aipw_cells (
  epoch_id integer NOT NULL,
  day integer NOT NULL,
  stratum text NOT NULL,
  eligible numeric NOT NULL,
  units bigint NOT NULL,
  sums numeric[] NOT NULL,
  products numeric[] NOT NULL,
  counts numeric[] NOT NULL,
  expected numeric[] NOT NULL,
  covariance numeric[] NOT NULL,
  inverse numeric[] NOT NULL,
  weights numeric[] NOT NULL,
  squared_weights numeric[] NOT NULL,
  outcomes numeric[] NOT NULL,
  outcome_squares numeric[] NOT NULL,
  weighted numeric[] NOT NULL,
  weighted_squares numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, day, stratum, eligible)
);

CREATE TABLE api_keys (
  selector text NOT NULL,
  verifier bytea NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  PRIMARY KEY (selector)
);

CREATE TABLE arms (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  experiment_id integer NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (experiment_id) REFERENCES experiments(id),
  UNIQUE (experiment_id, key)
);

CREATE TABLE assignments (
  epoch_id integer NOT NULL,
  unit bytea NOT NULL,
  arm_id integer NOT NULL,
  stratum text NOT NULL,
  pi double precision[] NOT NULL,
  mhat real[],
  scale real[],
  first_decision uuid NOT NULL,
  assigned_at timestamp with time zone NOT NULL,
  PRIMARY KEY (epoch_id, unit)
);

CREATE TABLE bandit_buckets (
  epoch_id integer NOT NULL,
  arm_id integer NOT NULL,
  stratum text NOT NULL,
  bucket timestamp with time zone NOT NULL,
  features smallint NOT NULL,
  n bigint NOT NULL,
  a numeric[] NOT NULL,
  b numeric[] NOT NULL,
  c numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, stratum, bucket, features)
);

CREATE TABLE batches (
  surface text NOT NULL,
  batch text NOT NULL,
  began_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, batch)
);

CREATE TABLE delay_cells (
  epoch_id integer NOT NULL,
  arm_id integer NOT NULL,
  stratum text NOT NULL,
  bucket timestamp with time zone NOT NULL,
  features smallint NOT NULL,
  slot smallint NOT NULL,
  delay_bin smallint NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (epoch_id, bucket, arm_id, stratum, features, slot, delay_bin)
);

CREATE TABLE epoch_slots (
  epoch_id integer NOT NULL,
  slot smallint NOT NULL,
  metric text,
  part text NOT NULL,
  aggregate text NOT NULL,
  types text[] NOT NULL,
  window_span interval NOT NULL,
  currency text,
  cap bigint,
  past_span interval,
  PRIMARY KEY (epoch_id, slot),
  CHECK ((aggregate = ANY (ARRAY['any'::text, 'count'::text, 'value'::text, 'quantity'::text]))),
  FOREIGN KEY (epoch_id) REFERENCES epochs(id),
  CHECK ((part = ANY (ARRAY['value'::text, 'numerator'::text, 'denominator'::text, 'history'::text])))
);

CREATE TABLE epochs (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  experiment_id integer NOT NULL,
  no integer NOT NULL,
  arm_ids integer[] NOT NULL,
  settings jsonb NOT NULL,
  settings_hash text NOT NULL,
  feature_version smallint NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  started_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ended_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (experiment_id) REFERENCES experiments(id),
  UNIQUE (experiment_id, no)
);
CREATE INDEX epochs_bandits ON public.epochs USING btree (id) WHERE is_bandit(settings);

CREATE TABLE experiments (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  status text NOT NULL DEFAULT 'draft'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (id),
  UNIQUE (key)
);

CREATE TABLE exposure_cells (
  epoch_id integer NOT NULL,
  arm_id integer NOT NULL,
  day date NOT NULL,
  n bigint NOT NULL,
  fallback bigint NOT NULL,
  masked bigint NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, day)
);

CREATE TABLE exposure_controls (
  surface text NOT NULL,
  field text NOT NULL,
  value text NOT NULL,
  pressure double precision NOT NULL,
  shown double precision NOT NULL,
  slates integer NOT NULL,
  read_to xid8 NOT NULL,
  stepped_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, field, value),
  CHECK (((pressure >= (0)::double precision) AND (pressure <= (1)::double precision)))
);

CREATE TABLE exposures (
  decided_at timestamp with time zone NOT NULL,
  decision_id uuid NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  unit bytea NOT NULL,
  surface text NOT NULL,
  epoch_id integer,
  arm_id integer,
  stratum text NOT NULL,
  kind text NOT NULL,
  pi double precision[] NOT NULL,
  x smallint[] NOT NULL,
  policy text NOT NULL,
  served_policy text NOT NULL,
  model_version text NOT NULL,
  snapshot_id text NOT NULL,
  items integer[] NOT NULL,
  reason text NOT NULL,
  rank_pi double precision[],
  rules jsonb,
  mhat real[],
  scale real[],
  PRIMARY KEY (decided_at, decision_id)
) PARTITION BY RANGE (decided_at);
CREATE INDEX exposures_unit ON ONLY public.exposures USING btree (unit, decided_at DESC);
CREATE INDEX exposures_xid ON ONLY public.exposures USING btree (xid);

CREATE TABLE exposures_other PARTITION OF exposures DEFAULT;

CREATE TABLE flags (
  key text NOT NULL,
  value boolean NOT NULL,
  because text,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (key)
);

CREATE TABLE gate_actions (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  epoch_id integer NOT NULL,
  arm_id integer,
  kind text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  evidence jsonb NOT NULL,
  by text NOT NULL,
  undoes integer,
  PRIMARY KEY (id),
  FOREIGN KEY (arm_id) REFERENCES arms(id),
  CHECK (((kind = 'stop'::text) = (arm_id IS NULL))),
  CHECK (((kind = 'unmask'::text) = (undoes IS NOT NULL))),
  FOREIGN KEY (epoch_id) REFERENCES epochs(id),
  CHECK ((kind = ANY (ARRAY['retire'::text, 'mask'::text, 'promote'::text, 'stop'::text, 'unmask'::text]))),
  FOREIGN KEY (undoes) REFERENCES gate_actions(id),
  UNIQUE (undoes)
);
CREATE INDEX gate_actions_epoch ON public.gate_actions USING btree (epoch_id, id);

CREATE TABLE imports (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  file_name text NOT NULL,
  file_hash bytea NOT NULL,
  mapping_hash text NOT NULL,
  lines_done bigint NOT NULL DEFAULT 0,
  rows_accepted bigint NOT NULL DEFAULT 0,
  rows_refused bigint NOT NULL DEFAULT 0,
  reasons jsonb NOT NULL DEFAULT '{}'::jsonb,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  PRIMARY KEY (id),
  UNIQUE (kind, file_hash, mapping_hash)
);

CREATE TABLE installation (
  singleton boolean NOT NULL DEFAULT true,
  secret_fingerprint text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (singleton),
  CHECK (singleton)
);

CREATE TABLE interactions (
  interaction_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  import_id integer,
  line bigint,
  unit bytea,
  item_no integer NOT NULL,
  type text NOT NULL,
  quantity integer NOT NULL,
  value_minor bigint,
  currency text,
  basket text,
  occurred_at timestamp with time zone NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  imported_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (interaction_id)
);
CREATE INDEX interactions_unit ON public.interactions USING btree (unit, occurred_at) WHERE (unit IS NOT NULL);
CREATE INDEX interactions_xid ON public.interactions USING btree (xid);

CREATE TABLE items (
  item_no integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  item_id text NOT NULL,
  title text NOT NULL DEFAULT ''::text,
  category text,
  brand text,
  price_minor bigint,
  margin_minor bigint,
  currency text,
  stock integer,
  discontinued boolean NOT NULL DEFAULT false,
  attributes jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  seller text,
  return_rate double precision,
  countries text[],
  PRIMARY KEY (item_no),
  UNIQUE (item_id),
  CHECK (((return_rate >= (0)::double precision) AND (return_rate <= (1)::double precision)))
);

CREATE TABLE logit_cells (
  epoch_id integer NOT NULL,
  bucket timestamp with time zone NOT NULL,
  arm_id integer NOT NULL,
  x smallint[] NOT NULL,
  n bigint NOT NULL,
  hits numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, bucket, arm_id, x)
);

CREATE TABLE metrics (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (id),
  UNIQUE (key)
);

CREATE TABLE model_parts (
  policy text NOT NULL,
  version text NOT NULL,
  part integer NOT NULL,
  bytes bytea NOT NULL,
  written_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (policy, version, part)
);

CREATE TABLE model_refusals (
  refusal_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  policy text NOT NULL,
  version text NOT NULL,
  reasons text[] NOT NULL,
  summary jsonb NOT NULL,
  trained_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (refusal_id)
);
CREATE INDEX model_refusals_policy ON public.model_refusals USING btree (policy, trained_at DESC);

CREATE TABLE model_roles (
  policy text NOT NULL,
  role text NOT NULL,
  version text NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (policy, role),
  FOREIGN KEY (policy, version) REFERENCES models(policy, version),
  CHECK ((role = ANY (ARRAY['pinned'::text, 'shadow'::text])))
);

CREATE TABLE models (
  policy text NOT NULL,
  version text NOT NULL,
  body bytea,
  summary jsonb NOT NULL,
  trained_at timestamp with time zone NOT NULL DEFAULT now(),
  active boolean NOT NULL DEFAULT true,
  calibration jsonb,
  PRIMARY KEY (policy, version)
);
CREATE INDEX models_trained ON public.models USING btree (policy, trained_at DESC);

CREATE TABLE money_cells (
  epoch_id integer NOT NULL,
  arm_id integer NOT NULL,
  currency text NOT NULL,
  units bigint NOT NULL,
  gross numeric NOT NULL,
  returned numeric NOT NULL,
  net_square numeric NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, currency)
);

CREATE TABLE outcome_keys (
  outcome_id text NOT NULL,
  body_hash bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  PRIMARY KEY (outcome_id)
) PARTITION BY HASH (outcome_id);

CREATE TABLE outcome_keys_0 PARTITION OF outcome_keys FOR VALUES WITH (modulus 4, remainder 0);

CREATE TABLE outcome_keys_1 PARTITION OF outcome_keys FOR VALUES WITH (modulus 4, remainder 1);

CREATE TABLE outcome_keys_2 PARTITION OF outcome_keys FOR VALUES WITH (modulus 4, remainder 2);

CREATE TABLE outcome_keys_3 PARTITION OF outcome_keys FOR VALUES WITH (modulus 4, remainder 3);

CREATE TABLE outcome_units (
  unit bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  outcome_id text NOT NULL,
  PRIMARY KEY (unit, received_at, outcome_id)
);

CREATE TABLE outcomes (
  received_at timestamp with time zone NOT NULL,
  outcome_id text NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  unit bytea,
  decision_id uuid,
  type text NOT NULL,
  item_no integer,
  item_id text,
  value_minor bigint,
  currency text,
  quantity integer NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  flags text[] NOT NULL DEFAULT '{}'::text[],
  PRIMARY KEY (received_at, outcome_id),
  CHECK ((occurred_at <= received_at))
) PARTITION BY RANGE (received_at);
CREATE INDEX outcomes_decision ON ONLY public.outcomes USING btree (decision_id) WHERE (decision_id IS NOT NULL);
CREATE INDEX outcomes_unit ON ONLY public.outcomes USING btree (unit, occurred_at);
CREATE INDEX outcomes_unjoined ON ONLY public.outcomes USING btree (decision_id) WHERE ((unit IS NULL) AND (decision_id IS NOT NULL));
CREATE INDEX outcomes_xid ON ONLY public.outcomes USING btree (xid);

CREATE TABLE outcomes_other PARTITION OF outcomes DEFAULT;

CREATE TABLE policies (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (id),
  UNIQUE (key)
);

CREATE TABLE request_keys (
  request_key bytea NOT NULL,
  body_hash bytea NOT NULL,
  decision_id uuid NOT NULL,
  response bytea NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  PRIMARY KEY (request_key)
);
CREATE INDEX request_keys_decided_at ON public.request_keys USING btree (decided_at);

CREATE TABLE shadow_slates (
  policy text NOT NULL,
  shadow_version text NOT NULL,
  live_version text NOT NULL,
  decision_id uuid NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  unit bytea,
  shadow_items integer[] NOT NULL,
  live_items integer[] NOT NULL,
  PRIMARY KEY (policy, shadow_version, decision_id)
);
CREATE INDEX shadow_slates_decided ON public.shadow_slates USING btree (decided_at);

CREATE TABLE snapshots (
  id text NOT NULL,
  as_of timestamp with time zone NOT NULL DEFAULT now(),
  build_hash text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE surfaces (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (id),
  UNIQUE (key)
);

CREATE TABLE trainings (
  training_id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  because text NOT NULL,
  read_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone NOT NULL DEFAULT now(),
  watermark xid8 NOT NULL,
  interactions_to bigint NOT NULL,
  reference jsonb NOT NULL,
  summary jsonb NOT NULL,
  PRIMARY KEY (training_id)
);

CREATE TABLE unit_cells (
  epoch_id integer NOT NULL,
  arm_id integer NOT NULL,
  day date NOT NULL,
  segment text NOT NULL,
  n bigint NOT NULL,
  s numeric[] NOT NULL,
  ss numeric[] NOT NULL,
  excluded bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (epoch_id, arm_id, day, segment)
);

CREATE TABLE unit_money (
  epoch_id integer NOT NULL,
  unit bytea NOT NULL,
  currency text NOT NULL,
  gross bigint NOT NULL,
  returned bigint NOT NULL,
  PRIMARY KEY (epoch_id, unit, currency)
);

CREATE TABLE unit_periods (
  epoch_id integer NOT NULL,
  unit bytea NOT NULL,
  day integer NOT NULL,
  stratum text NOT NULL,
  eligible numeric NOT NULL,
  scores numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, unit, day, stratum, eligible)
);

CREATE TABLE unit_rows (
  epoch_id integer NOT NULL,
  unit bytea NOT NULL,
  arm_id integer NOT NULL,
  first_at timestamp with time zone NOT NULL,
  day date NOT NULL,
  segment text NOT NULL,
  excluded boolean NOT NULL DEFAULT false,
  totals bigint[] NOT NULL,
  PRIMARY KEY (unit, epoch_id)
);

CREATE TABLE watermarks (
  name text NOT NULL,
  xid xid8 NOT NULL,
  system_identifier bigint NOT NULL,
  folded_at timestamp with time zone NOT NULL DEFAULT now(),
  told_until timestamp with time zone,
  decided_until timestamp with time zone,
  PRIMARY KEY (name)
);

CREATE OR REPLACE FUNCTION public.array_plus(a numeric[], b numeric[])
 RETURNS numeric[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (SELECT array_agg((x.a + x.b) ORDER BY x.i) AS array_agg FROM UNNEST(array_plus.a, array_plus.b) WITH ORDINALITY x(a, b, i));

CREATE OR REPLACE FUNCTION public.decided_at_of(id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN to_timestamp((((((('x'::text || lpad(translate("left"((id)::text, 13), '-'::text, ''::text), 16, '0'::text)))::bit(64))::bigint)::numeric / 1000.0))::double precision);

CREATE OR REPLACE FUNCTION public.ensure_partition(parent text, month timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  name text := parent || to_char(month AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
  next timestamptz := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
  ruler text := CASE parent WHEN 'exposures' THEN 'decided_at' ELSE 'received_at' END;
BEGIN
  IF to_regclass(name) IS NOT NULL THEN
    RETURN 0;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT month CHECK (%I >= %L AND %I < %L)', name, ruler, month, ruler, next);
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_other');
  EXECUTE format(
    'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
    parent || '_other', ruler, month, ruler, next, name
  );
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, month, next);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT month', name);
  RETURN 1;
END $function$;

CREATE OR REPLACE FUNCTION public.ensure_partitions(first timestamp with time zone, last timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  month timestamptz := date_trunc('month', first, 'UTC');
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('croupier partitions'));
  WHILE month <= last LOOP
    made := made + ensure_partition('exposures', month) + ensure_partition('outcomes', month);
    month := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
  END LOOP;
  RETURN made;
END $function$;

CREATE OR REPLACE FUNCTION public.frozen_models()
 RETURNS TABLE(policy text, version text, experiment text)
 LANGUAGE sql
 STABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT (f.model #>> '{policy,key}'::text[]),
     (f.model ->> 'version'::text),
     e.key
    FROM ((epochs p
      JOIN experiments e ON ((e.id = p.experiment_id)))
      CROSS JOIN LATERAL jsonb_array_elements(COALESCE((p.settings -> 'frozenModels'::text), '[]'::jsonb)) f(model))
   WHERE ((p.ended_at IS NULL) AND ((f.model ->> 'version'::text) IS NOT NULL));
END;

CREATE OR REPLACE FUNCTION public.held_bigint(total numeric)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (LEAST(GREATEST(total, ('-9000000000000000000'::bigint)::numeric), ('9000000000000000000'::bigint)::numeric))::bigint;

CREATE OR REPLACE FUNCTION public.is_bandit(settings jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN COALESCE(((settings #>> '{allocation,kind}'::text[]) = 'thompson'::text), false);

CREATE OR REPLACE FUNCTION public.is_learned_from(kind text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (kind = ANY (ARRAY['drawn'::text, 'assigned'::text]));

CREATE OR REPLACE FUNCTION public.live_models()
 RETURNS TABLE(policy text, version text)
 LANGUAGE sql
 STABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT DISTINCT ON (m.policy) m.policy,
     m.version
    FROM (models m
      LEFT JOIN model_roles r ON (((r.policy = m.policy) AND (r.role = 'pinned'::text))))
   WHERE
         CASE
             WHEN (r.version IS NULL) THEN m.active
             ELSE (m.version = r.version)
         END
   ORDER BY m.policy, m.trained_at DESC, m.version;
END;
