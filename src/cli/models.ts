/** croupier models, rollback, unpin, shadow: the versions of a policy's model, and which of them serves. */
import type { Command } from 'commander'
import type { Calibrated } from '../policies/calibration.ts'
import { storesOf } from '../service/stores.ts'
import type { ModelNote, ModelStore } from '../store/model-store.ts'
import type { CommandContext } from './world.ts'

export function registerModels(program: Command, context: CommandContext): void {
  const withModels = async (policy: string, work: (models: ModelStore) => Promise<void>) => {
    const { database, close } = await context.openWorld()
    try {
      const stores = storesOf(database, 'croupier models')
      if (!(await stores.policies.get(policy))) throw new Error(`There is no policy "${policy}".`)
      await work(stores.models)
    } finally {
      await close()
    }
  }
  program
    .command('models <policy>')
    .description('versions of a policy’s model, the newest first, with what was refused and why')
    .option('--json', 'for machines')
    .action((policy: string, { json }: { json?: true }) =>
      withModels(policy, async (models) => {
        const notes = await models.list(policy)
        console.log(json ? JSON.stringify(notes) : notes.map(lineOf).join('\n') || `"${policy}" has no models.`)
      }),
    )
  program
    .command('rollback <policy> [version]')
    .description('go back to a version (the one before the live one) and pin it until the next training on request or unpin')
    .action((policy: string, version: string | undefined) =>
      withModels(policy, async (models) => {
        const wanted = version ?? (await models.before(policy))
        if (wanted === null) throw new Error(`There is no version of "${policy}" before the live one.`)
        if (!(await models.pin({ policy, version: wanted }))) throw new Error(`There is no version ${wanted} of "${policy}".`)
        console.log(`${policy} serves ${wanted} and is pinned to it.`)
      }),
    )
  program
    .command('unpin <policy>')
    .description('let the newest version serve again')
    .action((policy: string) =>
      withModels(policy, async (models) => {
        if (!(await models.unpin(policy))) throw new Error(`No version of "${policy}" is pinned.`)
        console.log(`The newest version of ${policy} serves.`)
      }),
    )
  program
    .command('shadow <policy> [version]')
    .description('score a version beside the live one; without a version, end that')
    .action((policy: string, version: string | undefined) =>
      withModels(policy, async (models) => {
        if (!(await models.shadow(policy, version ?? null)))
          throw new Error(version ? `There is no version ${version} of "${policy}" that could be a shadow.` : `"${policy}" has no shadow.`)
        console.log(version ? `${version} is scored beside the live model of ${policy}.` : `${policy} has no shadow any more.`)
      }),
    )
}

/** "chances by rank from 212 purchases (1.5 % … 0.1 %)". */
function chancesIn(calibration: Calibrated): string {
  if (calibration.kind === 'unknown') return `chances unknown: ${calibration.because}`
  const { basis, purchases, chances } = calibration
  const percent = (chance: number) => `${(100 * chance).toFixed(1)} %`
  return `chances by ${basis} from ${purchases} purchases (${percent(chances.at(-1)!)} … ${percent(chances[0]!)})`
}

function lineOf({ version, state, pinned, frozenBy, trainedAt, summary, calibration, reasons }: ModelNote): string {
  const marks = [...(pinned ? ['pinned'] : []), ...(frozenBy.length > 0 ? [`frozen by ${frozenBy.join(', ')}`] : [])]
  const told = [
    ...['rows', 'bytes'].flatMap((name) => (typeof summary[name] === 'number' ? [`${summary[name]} ${name}`] : [])),
    ...(typeof summary.because === 'string' ? [`because: ${summary.because}`] : []),
    ...(calibration ? [chancesIn(calibration)] : []),
    ...marks,
    ...reasons,
  ]
  return `${version}  ${state.padEnd(9)}  ${trainedAt.toISOString()}  ${told.join(', ')}`
}
