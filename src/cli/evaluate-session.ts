/**
 * croupier evaluate session <train> <test>: how well the next item of a visit is foreseen.
 *
 * Two files of clicks with visit, item and time (CSV, TSV, NDJSON, also gzip). A visit is what the files say it is, whatever its pauses.
 */
import { type Command, Option } from 'commander'
import type { SessionResult } from '../evaluation/evaluation-shape.ts'
import { nextItems, type VisitItems } from '../evaluation/next-items.ts'
import { openPolicies, trainPolicies, withNeeded } from '../evaluation/opened-policies.ts'
import { type InteractionTable, readInteractionTable } from '../importing/interaction-table.ts'
import { askedOf } from '../importing/mapping.ts'
import { type Catalogue, catalogueOf } from '../policies/catalogue.ts'
import { type PolicyDefinition, policySchema, seededPolicies } from '../policies/definition.ts'
import { rowsByUnit } from '../policies/rows-by-unit.ts'
import { countWords } from '../reports/number-words.ts'
import { tableOf } from '../reports/text-table.ts'
import { isUnknown } from '../stats/estimate.ts'
import { collected, definitionsWith, list, policyOption, whole } from './evaluate-options.ts'
import { openProgress, type Progress } from './progress.ts'

interface Options {
  readonly map: readonly string[]
  readonly policies: readonly string[]
  readonly define: readonly PolicyDefinition[]
  readonly bootstrap: number
  readonly seed: number
  readonly json?: true
}

const LEVEL = 0.95
/** Ten years: the files say what a visit is. */
const NO_GAP_MINUTES = 60 * 24 * 3650
const FILE_COLUMNS: readonly string[] = ['unit=SessionId', 'itemId=ItemId', 'occurredAt=Time']

export function registerEvaluateSession(parent: Command): void {
  parent
    .command('session <train> <test>')
    .description('how well the next item of a visit is foreseen; two files of clicks')
    .option(
      '--map <field=column>',
      'which column is the visit (unit), itemId, occurredAt; SessionId, ItemId, Time unless given',
      collected,
      [],
    )
    .addOption(new Option('--policies <keys>', 'which ones').argParser(list).default(['popularity', 'collaborative', 'session']))
    .addOption(policyOption())
    .addOption(new Option('--bootstrap <n>', 'how often the visits are resampled').argParser(whole(100, 100_000)).default(1000))
    .addOption(new Option('--seed <n>', 'of the resampling').argParser(whole(0, 2 ** 32)).default(1))
    .option('--json', 'for machines')
    .action((train: string, test: string, options: Options) => run(train, test, options))
}

async function run(train: string, test: string, options: Options): Promise<void> {
  const progress = openProgress()
  try {
    const results = await evaluateFiles(train, test, options, progress)
    progress.stop()
    console.log(
      options.json ? JSON.stringify({ format: 'croupier-evaluation-session/1', train, test, policies: results }) : pageOf(results),
    )
  } finally {
    progress.stop()
  }
}

async function evaluateFiles(train: string, test: string, options: Options, progress: Progress): Promise<readonly SessionResult[]> {
  const learned = await read(train, options.map, progress)
  const asked = await read(test, options.map, progress)
  const catalogue = catalogueOf(learned.items)
  const visits = visitsIn(asked, catalogue)
  const defined = definitionsWith(seededPolicies.map(asWholeVisits), options.define)
  const wanted = [...new Set([...options.policies, ...options.define.map(({ key }) => key)])]
  const trained = trainPolicies(withNeeded(wanted, defined), learned.data, (policy, done) => {
    if (done === 0) progress.phase(`learning ${policy}`)
    progress.at(done, 1)
  })
  const rankers = openPolicies(trained, { catalogue, repeat: true })
  return wanted.map((key) => {
    progress.phase(`asking ${key}`)
    const { bootstrap: replicates, seed } = options
    return nextItems(rankers.get(key)!, {
      ...{ visits, allowed: catalogue.allowed, replicates, seed, level: LEVEL },
      progress: (done) => progress.at(done, 1),
    })
  })
}

async function read(path: string, map: readonly string[], progress: Progress): Promise<InteractionTable> {
  progress.phase('reading')
  const asked = askedOf(map.length > 0 ? map : FILE_COLUMNS)
  if ('because' in asked) throw new Error(asked.because)
  const reading = { path, asked, preset: null, format: 'auto', delimiter: 'auto', encoding: 'utf-8' } as const
  return readInteractionTable({ ...reading, decimal: 'point', currency: 'EUR' }, (bytes, total, rows) => progress.at(bytes, total, rows))
}

/** The visits of the test file in the numbers of the training file. */
function visitsIn({ data, items }: InteractionTable, catalogue: Catalogue): readonly VisitItems[] {
  const numbers = [-1, ...items.map(({ itemId }) => catalogue.numberOf(itemId) ?? -1)]
  const { starts, rows } = rowsByUnit(data)
  return Array.from({ length: data.unitCount }, (_, visit) =>
    Array.from(rows.subarray(starts[visit], starts[visit + 1]), (row) => numbers[data.items[row]!]!),
  )
}

function asWholeVisits(policy: PolicyDefinition): PolicyDefinition {
  if (policy.kind !== 'session') return policy
  return policySchema.parse({ ...policy, parameters: { ...policy.parameters, gapMinutes: NO_GAP_MINUTES } })
}

function pageOf(results: readonly SessionResult[]): string {
  const { visits, questions } = results[0]!
  const share = (value: number) => value.toFixed(4).replace(/^0\./, '.')
  return [
    `NEXT ITEM of ${countWords(visits)} visits, ${countWords(questions)} questions; ranks among all items`,
    ...tableOf(
      ['policy', 'MRR@20', '95 % interval', 'HR@20', '95 % interval'].map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
      results.map(({ policy, metrics, interval }) => [
        policy,
        ...(['mrr@20', 'hr@20'] as const).flatMap((metric) => {
          const ends = interval[metric]
          return [share(metrics[metric]), isUnknown(ends) ? '?' : `${share(ends.low)}–${share(ends.high)}`]
        }),
      ]),
    ),
    'MRR@20: 1 over the rank of the item that came next, 0 below rank 20. HR@20: how often it was among the first 20.',
  ].join('\n')
}
