/** croupier import: a catalogue or a history from a file. The work is done in importing/; here are its options and its page of results. */
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { fieldsOf, type Kind } from '../importing/fields.ts'
import { type ImportReport, type ImportRequest, importFile } from '../importing/import-file.ts'
import { askedOf } from '../importing/mapping.ts'
import { presets } from '../importing/presets.ts'
import { registerImportFactors } from './import-factors.ts'
import { importPage } from './import-page.ts'
import { openProgress } from './progress.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly map: readonly string[]
  readonly preset?: string
  readonly delimiter: string
  readonly format: 'auto' | 'csv' | 'ndjson'
  readonly encoding: string
  readonly decimal: 'point' | 'comma'
  readonly currency?: string
  readonly refused?: string
  readonly dryRun?: true
  readonly again?: true
  readonly json?: true
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { auto: 'auto', comma: ',', semicolon: ';', tab: '\t', pipe: '|' }

export function registerImport(program: Command, context: CommandContext): void {
  const command = program.command('import').description('import a catalogue, a history or factors')
  for (const kind of ['items', 'interactions'] as const) registerKind(command, kind, context)
  registerImportFactors(command, context)
}

function registerKind(parent: Command, kind: Kind, context: CommandContext): void {
  parent
    .command(`${kind} <file>`)
    .description(kind === 'items' ? 'what the shop sells' : 'what shoppers did: views, carts, purchases, returns')
    .option('--map <field=column>', 'which column fills a field; repeat it', (value: string, all: readonly string[]) => [...all, value], [])
    .addOption(new Option('--preset <name>', 'read a well-known file by stated rules').choices(Object.keys(presets)))
    .option('--delimiter <name>', `${Object.keys(DELIMITER_NAMES).join(', ')}, or the character`, delimiterOf, 'auto')
    .addOption(new Option('--format <name>').choices(['auto', 'csv', 'ndjson']).default('auto'))
    .option('--encoding <label>', 'utf-8, windows-1252, utf-16le, …', encodingOf, 'utf-8')
    .addOption(new Option('--decimal <mark>', 'what stands before the decimals').choices(['point', 'comma']).default('point'))
    .option('--currency <code>', 'currency of money without one (CROUPIER_CURRENCY unless given)', currencyOf)
    .option('--refused <file>', 'where refused rows go (<file>.refused.ndjson unless given)')
    .option('--dry-run', 'read and check everything, write nothing')
    .option('--again', 'import although the same file was imported with another mapping')
    .option('--json', 'the result as JSON')
    .addHelpText('after', () => `\nFields:\n${fieldsText(kind)}`)
    .action(async (file: string, options: Options) => {
      const report = await run(kind, file, options, context)
      console.log(options.json ? JSON.stringify(report) : importPage(report))
    })
}

async function run(kind: Kind, path: string, options: Options, context: CommandContext): Promise<ImportReport> {
  const asked = askedOf(options.map)
  if ('because' in asked) throw new Error(asked.because)
  const request: ImportRequest = {
    kind,
    path,
    asked,
    preset: options.preset ?? null,
    format: options.format,
    delimiter: options.delimiter,
    encoding: options.encoding,
    decimal: options.decimal,
    currency: options.currency ?? context.config().CROUPIER_CURRENCY,
    refusedPath: options.refused ?? `${path}.refused.ndjson`,
    again: options.again ?? false,
  }
  const world = options.dryRun ? null : await context.openWorld()
  const progress = openProgress()
  try {
    const target = world && { url: world.database.url, pseudonym: world.secrets.pseudonym }
    return await importFile(request, target, {
      phase: (name) => progress.phase(`${name} ${basename(path)}`),
      at: (bytes, total, rows) => progress.at(bytes, total, rows > 0 ? rows : undefined),
    })
  } finally {
    progress.stop()
    await world?.close()
  }
}

function delimiterOf(value: string): string {
  const delimiter = DELIMITER_NAMES[value] ?? value
  if (delimiter !== 'auto' && (delimiter.length !== 1 || '"\r\n'.includes(delimiter)))
    throw new InvalidArgumentError(`It is one of ${Object.keys(DELIMITER_NAMES).join(', ')}, or one character.`)
  return delimiter
}

function encodingOf(value: string): string {
  try {
    return new TextDecoder(value).encoding
  } catch {
    throw new InvalidArgumentError('It is a label such as utf-8 or windows-1252.')
  }
}

function currencyOf(value: string): string {
  if (!/^[A-Z]{3}$/.test(value)) throw new InvalidArgumentError('It is an ISO 4217 code such as EUR.')
  return value
}

function fieldsText(kind: Kind): string {
  const fields = fieldsOf(kind).map(({ name, required, means }) => [name, `${means}${required ? ' (required)' : ''}`] as const)
  const all = kind === 'items' ? [...fields, ['attributes.<name>', 'anything else worth knowing, as text'] as const] : fields
  return all.map(([name, means]) => `  ${name.padEnd(18)} ${means}`).join('\n')
}
