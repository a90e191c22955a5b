/**
 * croupier batch: a slate for every unit of a file, for e-mails and pushes. The same decisions as the API, durable before they are written.
 */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { runBatch } from '../batch/run-batch.ts'
import { openSlatesFile } from '../batch/slates-file.ts'
import { openUnits, type UnitsFormat } from '../batch/units-file.ts'
import { keySchema } from '../experiments/key.ts'
import { refusedFile } from '../importing/refused-file.ts'
import { type FileIdentity, identify } from '../importing/text-source.ts'
import { SLATE_SIZE_MAX } from '../policies/surface.ts'
import { type Deciding, openDeciding } from '../service/deciding.ts'
import { holdBatch } from '../store/batch-store.ts'
import { type BatchReport, batchPage } from './batch-page.ts'
import { whole } from './evaluate-options.ts'
import { openProgress } from './progress.ts'
import { settledSpool } from './settled-spool.ts'
import { openStopSignal } from './stop-signal.ts'
import { type CommandContext, QUIET_LOG } from './world.ts'

interface Options {
  readonly surface: string
  readonly units: string
  readonly out: string
  readonly batch?: string
  readonly size?: number
  readonly format: UnitsFormat
  readonly refused?: string
  readonly json?: true
}

export function registerBatch(program: Command, context: CommandContext): void {
  program
    .command('batch')
    .description('deal a slate to every unit of a file, for e-mails and pushes')
    .requiredOption('--surface <key>', 'where the slates will be shown')
    .requiredOption('--units <file>', 'who: one unit a line, CSV with a column "unit", or NDJSON; plain or gzip')
    .requiredOption('--out <file>', 'the slates, one JSON object a line')
    .addOption(
      new Option('--batch <name>', 'run again under the same name, nobody is dealt to twice (file, surface and day)').argParser(nameOf),
    )
    .addOption(new Option('--size <n>', 'items of a slate (the surface’s own)').argParser(whole(1, SLATE_SIZE_MAX)))
    .addOption(new Option('--format <name>').choices(['auto', 'csv', 'ndjson', 'lines']).default('auto'))
    .option('--refused <file>', 'where refused lines go (<out>.refused.ndjson)')
    .option('--json', 'the result as JSON')
    .action(async (options: Options) => {
      const report = await run(options, context)
      console.log(options.json ? JSON.stringify(report) : batchPage(report))
      if (report.out === null) process.exitCode = 130
    })
}

async function run(options: Options, context: CommandContext): Promise<BatchReport> {
  const { surface, out, units: path } = options
  const stop = openStopSignal()
  const progress = openProgress()
  progress.phase('looking')
  try {
    const identity = await identify(path, 'Nothing was dealt.', (bytes, total) => progress.at(bytes, total))
    const units = await openUnits({ path, identity, format: options.format })
    const batch = options.batch ?? nameFor(identity, surface)
    const ground = await context.openWorld()
    const closers = [() => ground.close()]
    try {
      const held = await holdBatch(ground.database, { surface, batch })
      closers.unshift(() => held.release())
      const deciding = await openDeciding({ config: context.config(), ground, build: 'croupier batch', log: QUIET_LOG })
      closers.unshift(() => deciding.close())
      await settledSpool(deciding.world.exposures)
      const slates = await openSlatesFile(resolve(out), batch)
      closers.unshift(() => slates.close())
      const refusals = refusedFile(options.refused ?? `${out}.refused.ndjson`)
      const started = performance.now()
      progress.phase('dealing')
      const ran = await runBatch(deciding.world, {
        ...{ batch, surface, size: options.size ?? null, units, slates, signal: stop.signal },
        onRefused: (line, because, raw) => refusals.add(line, { because }, raw),
        onProgress: (bytes, dealt) => progress.at(bytes, identity.bytes, dealt),
      })
      const seconds = (performance.now() - started) / 1000
      progress.stop()
      if (ran.isWhole) await slates.finish()
      await settledSpool(deciding.world.exposures)
      const { isWhole, ...counts } = ran
      return {
        ...{ batch, surface, out: isWhole ? out : null, refusedFile: await refusals.close(), ...counts },
        ...told(deciding),
        ...{ seconds, perSecond: seconds > 0 ? counts.dealt / seconds : 0 },
      }
    } finally {
      for (const close of closers) await close()
    }
  } finally {
    progress.stop()
    stop.close()
  }
}

function told({ world: { counters, exposures } }: Deciding): Pick<BatchReport, 'repeated' | 'served' | 'reasons'> {
  const byCount = (counts: ReadonlyMap<string, number>) => Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]))
  return { repeated: exposures.counters.repeated, served: byCount(counters.served), reasons: byCount(counters.reasons) }
}

/** The same file on the same surface is another batch on another day. */
function nameFor({ hash }: FileIdentity, surface: string): string {
  const day = new Date().toISOString().slice(0, 10)
  const digest = createHash('sha256').update(hash).update(surface).digest('hex').slice(0, 12)
  return `${day}-${digest}`
}

function nameOf(value: string): string {
  if (keySchema.safeParse(value).success) return value
  throw new InvalidArgumentError('It is lower-case letters, digits, ".", "_" or "-", 64 at most.')
}
