/** The shop of a run: 3,000 generated items, shoppers with a past, trained strategies and an A/B experiment that runs. */
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { type Service, serve } from '../src/main.ts'
import { randomOf } from '../src/stats/random.ts'
import { readSecrets } from '../src/store/secrets.ts'
import { type Ground, withClient } from './ground.ts'

export const ARMS = ['popularity', 'hybrid'] as const
export type Arm = (typeof ARMS)[number]

export interface Shop {
  readonly key: string
  readonly databaseUrl: string
  /** What a process of the service needs; each needs a folder of its own. */
  environment(folder: string): Readonly<Record<string, string>>
  /** Request bodies of known shoppers whom the experiment gave this arm. */
  readonly bodies: Readonly<Record<Arm, readonly string[]>>
}

interface ShopSize {
  readonly items: number
  readonly shoppers: number
}

const SHOP: ShopSize = { items: 3_000, shoppers: 3_200 }
/** A made-up word, always the same for a kind and a number. */
const WORD = `CREATE FUNCTION pg_temp.word(kind text, number integer) RETURNS text LANGUAGE sql AS
  $$ SELECT left(translate(md5(kind || number), '0123456789', 'ghijklmnop'), 7) $$`
const GROUPS = 60
const BOUGHT_EACH = 20
const LOYALTY = 0.8
const HISTORY_HOURS = 60 * 24
const SEED = 7
const KEY = 'cr_bench_bootstrap_0123456789abcdef0123456789abcdef'
const ROWS_A_STATEMENT = 5_000
const AT_ONCE = 16
const DEVICES = ['mobile', 'mobile', 'desktop', 'tablet']
const COUNTRIES = ['DE', 'FR', 'NL', 'AT', 'IT']
const BODY_BYTES = 300
/** Of this size an answer has about a kilobyte. */
export const SLATE_SIZE: Readonly<Record<Arm, number>> = { popularity: 8, hybrid: 6 }

/** Makes and trains it; some ten seconds. */
export async function openShop(ground: Ground, tell: (what: string) => void): Promise<Shop> {
  const databaseUrl = await ground.database('bench_shop')
  const environment = (folder: string) => ({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    CROUPIER_DATA_DIR: join(ground.folder, folder),
    CROUPIER_SECRET_FILE: join(ground.folder, 'bench-secret'),
    CROUPIER_BOOTSTRAP_KEY: KEY,
    CROUPIER_TRAIN_EVERY_MINUTES: '0',
    CROUPIER_LOG_LEVEL: 'error',
  })
  tell('making up a shop')
  await fill(databaseUrl, environment('setting-up').CROUPIER_SECRET_FILE, SHOP)
  const service = await serve(readConfig(environment('setting-up')))
  try {
    tell('training')
    await service.train()
    await startExperiment(service)
    tell('asking who is in which arm')
    return { key: KEY, databaseUrl, environment, bodies: await bodiesByArm(service, SHOP) }
  } finally {
    await service.close()
  }
}

async function fill(url: string, secretFile: string, { items, shoppers }: ShopSize): Promise<void> {
  const { pseudonym } = readSecrets(secretFile)
  const events = pastOf({ items, shoppers })
  await withClient(url, async (client) => {
    await client.query(WORD)
    await client.query(
      `INSERT INTO items (item_id, title, category, brand, price_minor, currency, stock)
       SELECT 'SHOE-' || lpad(i::text, 4, '0'), concat_ws(' ', pg_temp.word('brand', i % 20), pg_temp.word('line', i % 150), pg_temp.word('colour', i % 11)),
         pg_temp.word('category', i % 10), pg_temp.word('brand', i % 20),
         4000 + 37 * (i % 400), 'EUR', 100
       FROM generate_series(1, $1::integer) AS i`,
      [items],
    )
    for (let first = 0; first < events.length; first += ROWS_A_STATEMENT) {
      const some = events.slice(first, first + ROWS_A_STATEMENT)
      await client.query(
        `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
         SELECT e.unit, e.item, 'purchase', 1, now() - interval '1 hour' * e.age
         FROM unnest($1::bytea[], $2::integer[], $3::float8[]) AS e (unit, item, age)`,
        [some.map(({ shopper }) => pseudonym(unitOf(shopper))), some.map(({ item }) => item), some.map(({ ageHours }) => ageHours)],
      )
    }
  })
}

interface Bought {
  readonly shopper: number
  readonly item: number
  readonly ageHours: number
}

/** Shoppers keep to a group of items most of the time, and early items of a group sell best: there is something to learn. */
function pastOf({ items, shoppers }: ShopSize): readonly Bought[] {
  const random = randomOf(SEED)
  const perGroup = Math.floor(items / GROUPS)
  const rankWithin = () => Math.floor(perGroup * random.uniform() ** 2)
  return Array.from({ length: shoppers * BOUGHT_EACH }, (_, i) => {
    const shopper = Math.floor(i / BOUGHT_EACH)
    const group = random.uniform() < LOYALTY ? shopper % GROUPS : Math.floor(GROUPS * random.uniform())
    return { shopper, item: 1 + group + GROUPS * rankWithin(), ageHours: HISTORY_HOURS * random.uniform() }
  })
}

function unitOf(shopper: number): string {
  return `shopper-${shopper}`
}

async function startExperiment(service: Service): Promise<void> {
  const arms = ARMS.map((arm) => ({ key: arm, policy: arm }))
  await post(service, '/v1/experiments', { key: 'bench', surface: 'home', arms, metrics: ['conversion', 'net-revenue', 'ctr'] })
  await post(service, '/v1/experiments/bench/start')
}

async function bodiesByArm(service: Service, { shoppers }: ShopSize): Promise<Record<Arm, string[]>> {
  const bodies: Record<Arm, string[]> = { popularity: [], hybrid: [] }
  for (let first = 0; first < shoppers; first += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const slate = await post(service, '/v1/slates', JSON.parse(bodyOf(first + i, 'hybrid')))
        const { arm } = (slate as { experiment: { arm: Arm } }).experiment
        bodies[arm].push(bodyOf(first + i, arm))
      }),
    )
  }
  return bodies
}

/** A request as a storefront sends it, with more context than we look at. */
function bodyOf(number: number, arm: Arm): string {
  const unit = unitOf(number)
  const context = {
    device: DEVICES[number % DEVICES.length],
    country: COUNTRIES[number % COUNTRIES.length],
    page: '/running/road',
    referrer: 'https://search.example/?q=running+shoes',
    campaign: '',
  }
  const short = JSON.stringify({ surface: 'home', unit, size: SLATE_SIZE[arm], context })
  return JSON.stringify({
    surface: 'home',
    unit,
    size: SLATE_SIZE[arm],
    context: { ...context, campaign: 's'.repeat(BODY_BYTES - short.length) },
  })
}

async function post({ url }: Service, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
