/**
 * croupier demo: the service with a running-shoe shop that does not exist, and shoppers who come and go, so that numbers move.
 *
 * It keeps to a data folder of its own. In a database that holds anybody else's items it refuses to start.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../config.ts'
import { EFFECT_MAX } from '../shop/behaviour.ts'
import { seedOf } from '../shop/picking.ts'
import { bodyOf, type Client, clientOf } from './demo/client.ts'
import { ARMS, EXPERIMENT, startExperiment } from './demo/demo-experiment.ts'
import { type Demo, NEW_SHOP, openDemo } from './demo/opening.ts'
import { openTicker, shortReport } from './demo/ticker.ts'
import { openVisits } from './demo/visits.ts'
import { openStopSignal } from './stop-signal.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly for?: number
  readonly rate: number
  readonly speed: number
  readonly products?: number
  readonly shoppers?: number
  readonly seed?: number
  readonly effect: ReadonlyMap<string, number>
}

const FOLDER = { CROUPIER_DATA_DIR: './.croupier-demo' }
const CALM = { CROUPIER_LOG_LEVEL: 'warn' }
const REPORT = `/v1/experiments/${EXPERIMENT}/report`
const REPORT_EVERY_MS = 30_000
const READY_MS = 10_000
const RETRY_MS = 50

export function registerDemo(program: Command, context: CommandContext): void {
  const whole = (least: number, most: number) => numberOf({ least, most, whole: true })
  program
    .command('demo')
    .description('run the service with a made-up running-shoe shop and live shoppers')
    .option('--for <seconds>', 'end after so long; without it, on Ctrl-C', numberOf({ least: 1, most: 1e6 }))
    .option('--rate <number>', 'slates a second', numberOf({ least: 0.1, most: 5_000 }), 20)
    .option('--speed <factor>', 'how many times quicker the shoppers’ time goes by', numberOf({ least: 1, most: 1e6 }), 3_600)
    .option('--products <number>', `products of a new shop (default: ${NEW_SHOP.products})`, whole(20, 20_000))
    .option('--shoppers <number>', `shoppers of a new shop (default: ${NEW_SHOP.shoppers})`, whole(20, 200_000))
    .option('--seed <number>', `seed of a new shop (default: ${NEW_SHOP.seed})`, whole(0, 2 ** 32 - 1))
    .option(
      '--effect <arm=factor>',
      `plant a true effect: in this arm 0 to ${EFFECT_MAX} times as many buy; repeat it`,
      effectsOf,
      new Map(),
    )
    .action((options: Options) => run(options, context))
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const isElsewhere = context.config().DATABASE_URL !== undefined
  const config = context.config(isElsewhere ? CALM : { ...FOLDER, ...CALM })
  const stop = openStopSignal()
  try {
    const demo = await openDemo(config, options)
    try {
      const client = clientOf(demo.service.url, demo.key)
      if (demo.isNew) await ready(client)
      const status = await startExperiment(client, demo.shop.settings.shoppers)
      console.log(welcome(demo, options, status))
      if (options.for !== undefined) stop.after(options.for)
      await live({ demo, client, options, signal: stop.signal })
      console.log(`Start it again and the shop goes on. The whole report, and a recount of the books:\n${laterCommands(config)}`)
    } finally {
      await demo.service.close()
    }
  } finally {
    stop.close()
  }
}

interface Life {
  readonly demo: Demo
  readonly client: Client
  readonly options: Options
  readonly signal: AbortSignal
}

/** Shoppers come until the signal; then those inside finish, and the last report is shown. */
async function live({ demo, client, options, signal }: Life): Promise<void> {
  const { rate, speed, effect: effects } = options
  const { shop, service } = demo
  const visits = openVisits({ client, shop, rate, speed, effects, seed: seedOf(shop.settings.seed, Date.now()) })
  const ticker = openTicker(visits.tally, shop.settings.currency)
  const report = async (): Promise<void> => ticker.print(shortReport(bodyOf(await client.send('GET', REPORT), 'Reading the report')))
  try {
    while (!signal.aborted) {
      await sleep(REPORT_EVERY_MS, undefined, { signal }).catch(() => undefined)
      // A report that the service has no time for just now comes half a minute later.
      if (!signal.aborted) await report().catch((error: Error) => ticker.print(error.message))
    }
  } finally {
    await visits.close()
    ticker.close()
  }
  await service.fold()
  await report()
}

/** Until the models serve: the service hears of them and of the catalogue by its change feed. No experiment is running yet. */
async function ready(client: Client): Promise<void> {
  for (const started = performance.now(); ; await sleep(RETRY_MS)) {
    const slate = bodyOf(await client.send('POST', '/v1/slates', { surface: 'home', unit: 'shopper-1' }), 'Asking for a first slate')
    if (slate.servedPolicy === slate.policy) return
    if (performance.now() - started > READY_MS) throw new Error(`The strategies do not serve: ${slate.reason}.`)
  }
}

function welcome({ service: { url }, shop, key }: Demo, { rate, speed }: Options, status: string): string {
  const { products, shoppers, seed } = shop.settings
  const authorised = `-H 'Authorization: Bearer ${key}'`
  return [
    '',
    `A shop with ${products.toLocaleString('en')} running shoes and ${shoppers.toLocaleString('en')} shoppers (seed ${seed}), open at ${url}; the API: ${url}/docs`,
    `Experiment ${EXPERIMENT} (${ARMS.join(', ')}) is ${status}. ${rate} slates a second; an hour of a shopper takes ${(3_600 / speed).toPrecision(2)} s.`,
    `Admin key of this demo: ${key}`,
    '',
    'Try, from another window:',
    `  curl -s ${url}/v1/slates ${authorised} -H 'Content-Type: application/json' -d '{"surface":"home","unit":"shopper-42","size":4}'`,
    `  curl -s ${url}${REPORT} ${authorised} -H 'Accept: text/plain'`,
    '',
  ].join('\n')
}

function laterCommands({ CROUPIER_DATA_DIR: folder, DATABASE_URL: database }: Config): string {
  const where = database === undefined ? `CROUPIER_DATA_DIR=${folder} ` : ''
  return ['report home-policy', 'verify'].map((command) => `  ${where}node bin/croupier.mjs ${command}`).join('\n')
}

function numberOf({ least, most, whole = false }: { readonly least: number; readonly most: number; readonly whole?: boolean }) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(
        `It is a ${whole ? 'whole ' : ''}number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}.`,
      )
    return value
  }
}

function effectsOf(text: string, earlier: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [arm = '', factor = ''] = text.split('=')
  if (!(ARMS as readonly string[]).includes(arm)) throw new InvalidArgumentError(`The arms are ${ARMS.join(', ')}: --effect hybrid=1.3`)
  return new Map(earlier).set(arm, numberOf({ least: 0, most: EFFECT_MAX })(factor))
}
