/** Configuration: one schema, the only reader of the environment. An unknown CROUPIER_ key stops the start and names the nearest one. */
import { z } from 'zod'

const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional()
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

export const configSchema = z.object({
  PORT: whole(0, 65535).default(8080).meta({ description: 'Port to listen on; 0 takes a free one.' }),
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on.' }),
  CROUPIER_DATA_DIR: z.string().default('./.croupier').meta({ description: 'Folder of the embedded database, the spool and the secret.' }),
  CROUPIER_SECRET_FILE: optionalText.meta({
    description: 'File of the installation secret; made once with mode 0600. Default: secret in the data folder.',
  }),
  CROUPIER_BOOTSTRAP_KEY: optionalText.meta({
    description:
      'An admin key with all scopes, for first set-up and tests: cr_<env>_<selector>_<secret>, or any text of at least 16 characters.',
  }),
  CROUPIER_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('EUR')
    .meta({ description: 'Currency of the seeded net-revenue metric.' }),
  CROUPIER_FLAGS_FILE: optionalText.meta({
    description: 'JSON file with kill switches: { "policy.<key>.killed": true }. Read again when it changes.',
  }),
  CROUPIER_TRAIN_EVERY_MINUTES: whole(0, 7 * 24 * 60)
    .default(60)
    .meta({
      description:
        'How often the strategies learn from the log when there is anything new; sooner after drift or growth. 0: only on demand.',
    }),
  CROUPIER_TRAIN_MEMORY_MB: whole(64, 1_048_576)
    .default(4096)
    .meta({ description: 'Bound on the memory of a training, in MiB; of a longer log the latest part that fits is learned from.' }),
  CROUPIER_MODELS_KEPT: whole(1, 1000)
    .default(5)
    .meta({ description: 'Versions of a policy that are kept, besides those that serve, shadow, are pinned or frozen.' }),
  CROUPIER_DRIFT_EVERY_MINUTES: whole(0, 24 * 60)
    .default(5)
    .meta({ description: 'How often demand is compared with what it was at the last training; 0: never.' }),
  CROUPIER_DRIFT_PAUSE_MINUTES: whole(1, 7 * 24 * 60)
    .default(30)
    .meta({ description: 'Least time between a training and one because of drift.' }),
  CROUPIER_FOLD_EVERY_MS: whole(50, 3_600_000)
    .default(250)
    .meta({ description: 'How often the log is folded into moments, by all nodes together, while something comes.' }),
  CROUPIER_SNAPSHOT_DAYS: whole(1, 3650).default(7).meta({
    description:
      'Days for which every snapshot that decided is kept, so that decisions can be replayed; of older ones one an hour. A busy bandit keeps one a fold.',
  }),
  CROUPIER_GATE_EVERY_MS: whole(50, 3_600_000)
    .default(10_000)
    .meta({ description: 'How often the gate looks at running bandits; where nothing was folded since, it reads nothing new.' }),
  CROUPIER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'Least level that is logged.' }),
  CROUPIER_REMOTE_PRIVATE: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Whether remote strategies may have private addresses and plain http.' }),
  DATABASE_URL: optionalText.meta({ description: 'PostgreSQL 16 or newer; takes the place of the embedded one.' }),
  REDIS_URL: optionalText.meta({ description: 'Redis for invalidation between nodes; may vanish at any time.' }),
  LAUNCHDARKLY_SDK_KEY: optionalText.meta({ description: 'Kill switches from LaunchDarkly.' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText.meta({ description: 'Traces are sent there (OTLP over HTTP).' }),
})
export type Config = z.output<typeof configSchema>

/** Test and tooling variables that share the prefix and are none of the service's business. */
const FOREIGN = ['CROUPIER_TEST_']

/** Reads and checks the environment; `defaults` stand in for what it leaves out. Throws an error that names every fault. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  defaults: Readonly<Record<string, string>> = {},
): Config {
  const known = Object.keys(configSchema.shape)
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('CROUPIER_') && !known.includes(name) && !FOREIGN.some((prefix) => name.startsWith(prefix)),
  )
  const faults = unknown.map((name) => `${name} is not known; did you mean ${nearest(name, known)}?`)
  const parsed = configSchema.safeParse({ ...defaults, ...environment })
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  if (faults.length > 0 || !parsed.success) throw new Error(`Configuration: ${faults.join('; ')}`)
  return parsed.data
}

function nearest(name: string, known: readonly string[]): string {
  return known.reduce((best, candidate) => (distance(name, candidate) < distance(name, best) ? candidate : best))
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
