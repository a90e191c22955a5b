/** Opening the demo: the service on its ground; at the first opening the shop is filled and the strategies learn from its past. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { type Service, serve } from '../../main.ts'
import { type Foundation, openSettled } from '../../service/foundation.ts'
import { makeKey } from '../../store/api-key.ts'
import { openProgress, type Progress } from '../progress.ts'
import { shown } from '../train.ts'
import { QUIET } from '../world.ts'
import { type DemoShop, readShop, rememberShop, type ShopSettings, shopOf } from './demo-shop.ts'
import { importShop, shopFilesIn, writeShop } from './filling.ts'

export interface Demo {
  readonly service: Service
  readonly shop: DemoShop
  /** An admin key. */
  readonly key: string
  /** Filled just now. */
  readonly isNew: boolean
}

/** What a new shop is to be like, as far as somebody has said it. */
export type Wishes = Partial<Pick<ShopSettings, 'seed' | 'products' | 'shoppers'>>

export const NEW_SHOP = { seed: 7, products: 320, shoppers: 4_000 } as const
const KEY_FILE = 'demo-key'
const RETRY_MS = 200
const DAY_MS = 86_400_000

/** Rejects with a sentence when the database holds somebody else's items, or when the service cannot start. */
export async function openDemo(config: Config, wishes: Wishes): Promise<Demo> {
  const ground = await openSettled(config, QUIET)
  try {
    const settings = await settingsOf(ground, wishes, config.CROUPIER_CURRENCY)
    const shop = shopOf(settings)
    if (!settings.filled) await shownProgress((progress) => writeShop(shop, shopFilesIn(ground.folder), progress))
    const key = config.CROUPIER_BOOTSTRAP_KEY ?? keyOf(ground.folder)
    const service = await serve({ ...config, CROUPIER_BOOTSTRAP_KEY: key })
    try {
      if (!settings.filled) await fill(ground, service, shop)
    } catch (error) {
      await service.close()
      throw error
    }
    return { service, shop, key, isNew: !settings.filled }
  } finally {
    await ground.close()
  }
}

async function settingsOf({ folder, database }: Foundation, { seed, products, shoppers }: Wishes, currency: string): Promise<ShopSettings> {
  const known = readShop(folder)
  if (known) {
    if ([seed ?? known.seed, products ?? known.products, shoppers ?? known.shoppers].join(', ') !== sizeOf(known))
      throw new Error(`There is a shop already (seed, products, shoppers: ${sizeOf(known)}). Another one needs another CROUPIER_DATA_DIR.`)
    return known
  }
  const { rows } = await database.admin.query('SELECT EXISTS (SELECT 1 FROM items) AS taken')
  if (rows[0].taken)
    throw new Error('This database holds the items of another shop, and the demo would mix with them. Give it one of its own.')
  const settings = {
    seed: seed ?? NEW_SHOP.seed,
    products: products ?? NEW_SHOP.products,
    shoppers: shoppers ?? NEW_SHOP.shoppers,
    currency,
    lastDay: Math.floor(Date.now() / DAY_MS) - 1,
    filled: false,
  }
  rememberShop(folder, settings)
  return settings
}

function sizeOf({ seed, products, shoppers }: ShopSettings): string {
  return [seed, products, shoppers].join(', ')
}

/** The same at every start, so that what somebody has copied goes on working. */
function keyOf(folder: string): string {
  const path = join(folder, KEY_FILE)
  if (!existsSync(path)) writeFileSync(path, makeKey('demo').key, { mode: 0o600 })
  return readFileSync(path, 'utf8')
}

async function fill({ folder, database, secrets }: Foundation, service: Service, shop: DemoShop): Promise<void> {
  const world = { url: database.url, pseudonym: secrets.pseudonym }
  await shownProgress((progress) => importShop(shopFilesIn(folder), { currency: shop.settings.currency, world, progress }))
  // At its start the service looks whether there is anything to learn, and nobody else can learn meanwhile.
  while (!(await shown((onProgress) => service.train({ onProgress })))) await sleep(RETRY_MS)
  rememberShop(folder, { ...shop.settings, filled: true })
}

async function shownProgress(work: (progress: Progress) => Promise<void>): Promise<void> {
  const progress = openProgress()
  try {
    await work(progress)
  } finally {
    progress.stop()
  }
}
