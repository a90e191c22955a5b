/** Filling the shop: catalogue and history are written as files and go in by the door that every shop's own files go in by. */
import { mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decimalOf } from '../../experiments/money.ts'
import { type ImportReport, importFile } from '../../importing/import-file.ts'
import type { ImportWorld } from '../../importing/session.ts'
import { CUSHIONINGS, type Product } from '../../shop/catalogue.ts'
import { collectionOf } from '../../shop/demand.ts'
import { historyOf, type PastEvent } from '../../shop/history.ts'
import type { Progress } from '../progress.ts'
import type { DemoShop } from './demo-shop.ts'

/** The two files, left in the data folder to look at. */
export interface ShopFiles {
  readonly items: string
  readonly interactions: string
}

const LINES_A_WRITE = 2_000
const DAY = 86_400

export function shopFilesIn(folder: string): ShopFiles {
  const place = join(folder, 'demo-shop')
  return { items: join(place, 'items.ndjson'), interactions: join(place, 'history.ndjson') }
}

/** Makes the files up: seconds of work that leave no time for anything else, so before the service runs. */
export async function writeShop(shop: DemoShop, files: ShopFiles, progress: Progress): Promise<void> {
  const { currency } = shop.settings
  mkdirSync(dirname(files.items), { recursive: true })
  progress.phase('making up a past')
  await writeLines(files.items, shop.products, (product) => itemLine(product, currency))
  const { firstDay, lastDay } = shop.past
  await writeLines(files.interactions, historyOf(shop.past), (event, isLastOfBatch) => {
    if (isLastOfBatch) progress.at(Math.floor(event.seconds / DAY) - firstDay, lastDay - firstDay)
    return eventLine(event, currency)
  })
}

export interface Importing {
  readonly currency: string
  readonly world: ImportWorld
  readonly progress: Progress
}

/** Imports both files; what is in already stays as it is. Rejects when the database fails. */
export async function importShop(files: ShopFiles, importing: Importing): Promise<void> {
  for (const kind of ['items', 'interactions'] as const) {
    const report = await importOf(kind, files[kind], importing)
    const refused = Object.keys(report.refused)
    if (refused.length > 0) throw new Error(`The made-up ${kind} were refused: ${refused.join(', ')}; see ${report.refusedFile}`)
  }
}

function importOf(kind: 'items' | 'interactions', path: string, { currency, world, progress }: Importing): Promise<ImportReport> {
  const request = {
    ...{ kind, path, currency, asked: new Map<string, string>(), preset: null, again: false },
    ...({ format: 'ndjson', delimiter: 'auto', encoding: 'utf-8', decimal: 'point' } as const),
    refusedPath: `${path}.refused`,
  }
  return importFile(request, world, {
    phase: (name) => name === 'importing' && progress.phase(`importing ${kind}`),
    at: (bytes, total, rows) => rows > 0 && progress.at(bytes, total, rows),
  })
}

function itemLine(product: Product, currency: string): object {
  const { itemId, title, brand, type, stock, discontinued } = product
  return {
    ...{ itemId, title, category: type, brand, currency, stock, discontinued },
    price: decimalOf(BigInt(product.priceMinor), currency),
    margin: decimalOf(BigInt(product.marginMinor), currency),
    attributes: {
      cushioning: CUSHIONINGS[product.cushioning],
      drop: `${product.dropMm} mm`,
      weight: `${product.weightG} g`,
      colour: product.colour,
      collection: collectionOf(product.launchDay),
    },
  }
}

function eventLine({ shopper, product, type, quantity, valueMinor, basket, seconds }: PastEvent, currency: string): object {
  const paid = valueMinor === 0 ? {} : { value: decimalOf(BigInt(valueMinor), currency), currency }
  const occurredAt = new Date(seconds * 1000).toISOString()
  return { unit: shopper.unit, itemId: product.itemId, type, quantity, ...paid, occurredAt, basket }
}

/** Writes values as NDJSON, a batch at a time. */
async function writeLines<Value>(
  path: string,
  values: Iterable<Value>,
  lineOf: (value: Value, isLastOfBatch: boolean) => object,
): Promise<void> {
  const file = await open(path, 'w')
  try {
    let batch: string[] = []
    for (const value of values) {
      const isLast = batch.length === LINES_A_WRITE - 1
      batch.push(`${JSON.stringify(lineOf(value, isLast))}\n`)
      if (!isLast) continue
      await file.write(batch.join(''))
      batch = []
    }
    await file.write(batch.join(''))
  } finally {
    await file.close()
  }
}
