/** Where an evaluation takes its log and its policies from: a file, without a database, or the database of the service. */
import { type InteractionTable, readInteractionTable, type TableRequest } from '../importing/interaction-table.ts'
import { type Catalogue, catalogueOf } from '../policies/catalogue.ts'
import { type PolicyDefinition, policySchema, readyPolicies, seededPolicies } from '../policies/definition.ts'
import type { TrainingData } from '../policies/policy.ts'
import { countWords } from '../reports/number-words.ts'
import { allOf, storesOf } from '../service/stores.ts'
import { numberedKeys } from '../training/calibration-check.ts'
import { type LogReading, readLog } from '../training/read-log.ts'
import { WINDOW_SECONDS } from '../training/read-shown.ts'
import type { Progress } from './progress.ts'
import type { CommandContext } from './world.ts'

export interface EvaluationSource {
  /** For people: a file's name, or "the database". */
  readonly name: string
  readonly data: TrainingData
  readonly catalogue: Catalogue
  /** The log as a training would read it. */
  readonly reading: LogReading
  readonly currency: string | null
  readonly policies: readonly PolicyDefinition[]
  /** How the rows were read, where that is not plain to see. */
  readonly remarks: readonly string[]
}

/** Enough for a fair picture; more would only cost memory. */
const ROWS_MAX = 20_000_000

/**
 * Beside the policies themselves: what sold most ever, the reference of many papers; a hybrid for shops where purchases repeat; chance, the
 * floor of every table; and where shoppers left off, for logs that have views.
 */
const REFERENCES: readonly PolicyDefinition[] = [
  policySchema.parse({
    key: 'popularity-all-time',
    kind: 'popularity-decay',
    description: 'What sold most ever.',
    parameters: { halfLifeHours: 87_600, per: 'all' },
  }),
  policySchema.parse({
    key: 'collaborative-ials',
    kind: 'collaborative',
    description: 'The other algorithm of collaborative.',
    parameters: { algorithm: 'ials' },
  }),
  policySchema.parse({
    key: 'hybrid-repeat',
    kind: 'hybrid',
    description: 'What is bought again, what others bought with it and what sells now.',
    parameters: {
      parts: [
        { policy: 'buy-again', weight: 3, trend: false },
        { policy: 'collaborative', weight: 1 },
        { policy: 'popularity', weight: 1, trend: false },
      ],
      ...{ offset: 5, trend: 0.8, repeat: true },
    },
  }),
  ...readyPolicies,
]

export async function fileSource(request: TableRequest, progress: Progress): Promise<EvaluationSource> {
  progress.phase('reading')
  const table = await readInteractionTable(request, (bytes, total, rows) => progress.at(bytes, total, rows))
  const catalogue = catalogueOf(table.items)
  return {
    ...{ name: request.path, data: table.data, catalogue },
    reading: { data: table.data, catalogue, unitKeys: numberedKeys(table.data.unitCount) },
    currency: table.currency,
    policies: withReferences(seededPolicies),
    remarks: remarksOf(table),
  }
}

/** Whoever reads figures of a file has to know what was taken for a purchase, and what was not looked at. */
function remarksOf({ hasTypes, unread, counts }: InteractionTable): readonly string[] {
  const refused = Object.entries(counts.refused).map(([reason, rows]) => `${countWords(rows)} ${reason}`)
  return [
    ...(hasTypes ? [] : ['No column says what was done: every row counts as a purchase.']),
    ...(unread.length > 0 ? [`Not read: ${unread.join(', ')}.`] : []),
    ...(refused.length > 0 ? [`Rows that could not be read: ${refused.join(', ')}.`] : []),
  ]
}

/** Reads what the service has logged and its catalogue as it stands, with the policies that are defined. */
export async function databaseSource(context: CommandContext, progress: Progress): Promise<EvaluationSource> {
  const { database, close } = await context.openWorld()
  try {
    const policies = await allOf(storesOf(database, 'croupier evaluate').policies)
    progress.phase('reading')
    const now = Date.now() / 1000
    const {
      at: _at,
      live: _live,
      ...reading
    } = await readLog({
      databaseUrl: database.url,
      rowsMax: ROWS_MAX,
      shownSeconds: 2 * WINDOW_SECONDS,
      now,
      onProgress: (done) => progress.at(done, 1),
    })
    const { data, catalogue } = reading
    if (data.items.length === 0) throw new Error('The log holds nothing yet: import a history (croupier import), or name a --file.')
    return {
      name: 'the database',
      data,
      catalogue,
      currency: context.config().CROUPIER_CURRENCY,
      policies: withReferences(policies),
      remarks: [],
      reading,
    }
  } finally {
    await close()
  }
}

/** What somebody defined under the key of a reference is theirs. */
function withReferences(policies: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  const taken = new Set(policies.map(({ key }) => key))
  return [...policies, ...REFERENCES.filter(({ key }) => !taken.has(key))]
}
