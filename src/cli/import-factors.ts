/** croupier import factors: vectors that were trained elsewhere, for a policy of kind "factors". They are tested before they serve. */
import { performance } from 'node:perf_hooks'
import type { Command } from 'commander'
import { type FactorsModel, factorsModelOf } from '../importing/factors.ts'
import type { NamedVectors } from '../importing/named-vectors.ts'
import { isSparkModel, readSparkAls } from '../importing/spark-als.ts'
import { readVectorFile } from '../importing/vector-file.ts'
import { type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { factors } from '../policies/factors.ts'
import { kinds } from '../policies/registry.ts'
import { storesOf } from '../service/stores.ts'
import { selfTest, testRequests } from '../training/self-test.ts'
import { openProgress } from './progress.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly itemIndex?: string
  readonly userIndex?: string
  readonly units?: string
  readonly json?: true
}

interface Read {
  readonly items: NamedVectors
  readonly units: NamedVectors | null
}

const NO_SHOPPERS = { units: new Uint8Array(0), starts: new Int32Array(1), items: new Int32Array(0) }

export function registerImportFactors(parent: Command, context: CommandContext): void {
  parent
    .command('factors <policy> <path>')
    .description('vectors trained elsewhere: a saved Spark ALSModel (a folder), or NDJSON or CSV')
    .option('--item-index <folder>', 'the saved StringIndexerModel of the items; Spark only, required there')
    .option('--user-index <folder>', 'the saved StringIndexerModel of the shoppers; without it shoppers are folded in')
    .option('--units <file>', 'vectors of shoppers in a second file; NDJSON or CSV')
    .option('--json', 'the result as JSON')
    .action(async (policy: string, path: string, options: Options) => {
      const { bytes, ...told } = await run({ policy, path }, options, context)
      console.log(options.json ? JSON.stringify({ policy, bytes: bytes.length, ...told }) : pageOf(policy, { bytes, ...told }))
    })
}

async function run(target: { policy: string; path: string }, options: Options, context: CommandContext): Promise<FactorsModel> {
  const { policy, path } = target
  const { database, secrets, close } = await context.openWorld()
  const progress = openProgress()
  try {
    const stores = storesOf(database, 'import factors')
    const definition = await stores.policies.get(policy)
    if (!definition) throw new Error(`There is no policy "${policy}". Make it first: { "key": "${policy}", "kind": "factors" }.`)
    if (definition.body.kind !== factors.kind)
      throw new Error(`The policy "${policy}" is of kind ${definition.body.kind}, not ${factors.kind}.`)
    const started = performance.now()
    progress.phase(`reading ${path}`)
    const read = await readFrom(path, options)
    const catalogue = await stores.items.load()
    progress.phase('checking the factors')
    const foldIn = factors.parameters.parse(definition.body.parameters)
    const model = factorsModelOf(read.items, read.units, { catalogue, pseudonym: secrets.pseudonym, foldIn })
    const tested = test(model, definition.body, catalogue)
    const importMs = Math.round(performance.now() - started)
    const { bytes, version, ...summary } = model
    await stores.models.publish({
      policy,
      version,
      bytes,
      summary: { kind: factors.kind, ...summary, ...tested, bytes: bytes.length, importMs },
    })
    return model
  } finally {
    progress.stop()
    await close()
  }
}

async function readFrom(path: string, { itemIndex, userIndex, units }: Options): Promise<Read> {
  if (await isSparkModel(path)) return readSparkAls({ model: path, itemIndex, userIndex })
  const first = await readVectorFile(path)
  const second = units === undefined ? first.units : (await readVectorFile(units)).units
  if (first.items.names.length === 0) throw new Error(`${path} holds no vectors of items.`)
  if (second.names.length > 0 && second.rank !== first.items.rank)
    throw new Error(`Items have vectors of ${first.items.rank} numbers, shoppers of ${second.rank}.`)
  return { items: first.items, units: second.names.length > 0 ? second : null }
}

/** Throws when the model must not serve. */
function test(model: FactorsModel, { key, kind, parameters }: PolicyDefinition, items: readonly CatalogueItem[]) {
  const catalogue = catalogueOf(items)
  const ranker = kinds[kind]!.open(key, model, parameters, { catalogue, ranker: () => undefined })
  return selfTest(ranker, testRequests(NO_SHOPPERS, catalogue, Date.now() / 1000), catalogue)
}

function pageOf(policy: string, { rank, items, units, unknownItems, bytes, version, search }: FactorsModel): string {
  const megabytes = (bytes.length / 1e6).toFixed(1)
  return [
    `Imported factors for "${policy}": ${items} items and ${units} shoppers, ${rank} numbers each (${megabytes} MB, version ${version}).`,
    search,
    ...(unknownItems > 0 ? [`${unknownItems} items of the file are not in the catalogue and were left out.`] : []),
    ...(units === 0 ? ['No shoppers came along: everybody is folded in from page, cart and history.'] : []),
  ].join('\n')
}
