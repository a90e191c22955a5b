/**
 * Live shoppers of this node: noted here, told to the other nodes by Redis where there is one, recalled from the log after a start.
 *
 * Without Redis another node hears of a deed when it trains next; a storefront that keeps a shopper on one node loses nothing by that.
 */
import { DEEDS, deedOfOutcome } from '../policies/deed.ts'
import type { Histories } from '../serving/histories.ts'
import { type Noted, openShoppers, type Shoppers } from '../serving/shoppers.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import { openRedisLink } from '../store/redis-link.ts'

export interface LiveShoppers extends Pick<Shoppers, 'pastOf' | 'count' | 'forget'> {
  note(deeds: readonly Noted[]): void
  /** Reads what was done lately from the log; what cannot be read is left to the next training. */
  recall(): Promise<void>
  close(): Promise<void>
}

export interface LiveShoppersWorld {
  /** What training knows, as of its latest run. */
  trained(): Histories
  readonly redisUrl: string | undefined
  readonly namespace: string
  readonly database: Database
  readonly log: Logger
}

type Told = readonly [unit: string, item: number, deed: number, seconds: number]

const RECALLED_MAX = 100_000
/** Training comes every hour by default; a day is plenty. */
const RECENTLY = `
SELECT o.unit, o.item_no AS item, o.type, extract(epoch FROM o.occurred_at)::float8 AS seconds
FROM outcomes o
WHERE o.received_at > now() - interval '1 day' AND o.unit IS NOT NULL AND o.item_no IS NOT NULL
ORDER BY o.received_at DESC
LIMIT ${RECALLED_MAX}`

export async function openLiveShoppers({ trained, redisUrl, namespace, database, log }: LiveShoppersWorld): Promise<LiveShoppers> {
  const shoppers = openShoppers({ trained })
  const onFault = (error: unknown) => log.warn(`Other nodes do not hear of shoppers’ deeds: ${(error as Error).message}`)
  const link = redisUrl
    ? await openRedisLink({
        url: redisUrl,
        channel: `croupier:${namespace}:shoppers`,
        onMessage: (text) => notedIn(text).forEach(shoppers.note),
        onBack: () => undefined,
        onFault,
      })
    : null
  return {
    pastOf: shoppers.pastOf,
    count: shoppers.count,
    forget: shoppers.forget,
    note(deeds) {
      if (deeds.length === 0) return
      deeds.forEach(shoppers.note)
      void link?.publish(JSON.stringify(deeds.map(toldOf)))
    },
    async recall() {
      try {
        const { rows } = await database.learner.query<{ unit: Buffer; item: number; type: string; seconds: number }>(RECENTLY)
        for (const { type, ...row } of rows.reverse()) {
          const deed = deedOfOutcome(type)
          if (deed) shoppers.note({ ...row, deed })
        }
      } catch (error) {
        log.warn(`What shoppers did lately could not be read: ${(error as Error).message}`)
      }
    },
    close: async () => link?.close(),
  }
}

function toldOf({ unit, item, deed, seconds }: Noted): Told {
  return [Buffer.from(unit).toString('hex'), item, DEEDS.indexOf(deed), seconds]
}

/** What another node told; nothing when it is not understood. */
function notedIn(text: string): readonly Noted[] {
  try {
    return (JSON.parse(text) as readonly Told[]).map(([unit, item, deed, seconds]) => ({
      ...{ unit: new Uint8Array(Buffer.from(unit, 'hex')), item, seconds },
      deed: DEEDS[deed] ?? 'unknown',
    }))
  } catch {
    return []
  }
}
