/**
 * Live shoppers of this node: noted here at once, heard of by the other nodes within a moment, recalled from the log after a start.
 *
 *     deed, durable ─▶ noted here
 *                   ├▶ Redis, where there is one ──────────────▶ noted there
 *                   └▶ NOTIFY "shoppers", ten a second at most ─▶ the tail of the log is read there
 *
 * Redis is the quicker way and may fail; the log misses nothing. Hearing of a deed twice changes nothing.
 */
import { beat } from '../jobs/clockwork.ts'
import { openOutcomeTail } from '../log/outcome-tail.ts'
import { DEEDS, deedOfOutcome } from '../policies/deed.ts'
import type { Histories } from '../serving/histories.ts'
import { type Noted, openShoppers, type Shoppers } from '../serving/shoppers.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import { openRedisLink } from '../store/redis-link.ts'

export interface LiveShoppers extends Pick<Shoppers, 'pastOf' | 'count' | 'forget'> {
  note(deeds: readonly Noted[]): void
  /** Reads what was done since the last reading, the last day at first; what cannot be read is left to the next reading. */
  recall(): Promise<void>
  close(): Promise<void>
}

export interface LiveShoppersWorld {
  /** What training knows, as of its latest run. */
  trained(): Histories
  readonly redisUrl: string | undefined
  readonly namespace: string
  readonly database: Database
  readonly feed: ChangeFeed
  readonly log: Logger
}

type Told = readonly [unit: string, item: number, deed: number, seconds: number]

/** A busy shop writes outcomes all the time: others are told of them together. */
const TELL_EVERY_MS = 100
/** In case nobody could tell us. */
const RECALL_EVERY_MS = 10_000

export async function openLiveShoppers({ trained, redisUrl, namespace, database, feed, log }: LiveShoppersWorld): Promise<LiveShoppers> {
  const shoppers = openShoppers({ trained })
  const tail = openOutcomeTail(database.learner)
  const onFault = (error: unknown) => log.warn(`Other nodes hear of shoppers’ deeds later: ${(error as Error).message}`)
  const link = redisUrl
    ? await openRedisLink({
        url: redisUrl,
        channel: `croupier:${namespace}:shoppers`,
        onMessage: (text) => notedIn(text).forEach(shoppers.note),
        onBack: () => undefined,
        onFault,
      })
    : null
  const telling = atMostEvery(TELL_EVERY_MS, () => void feed.announce('shoppers'))
  const reading = beat({
    everyMs: RECALL_EVERY_MS,
    task: async () => {
      for (const { type, ...row } of await tail.read()) {
        const deed = deedOfOutcome(type, false)
        if (deed) shoppers.note({ ...row, deed })
      }
    },
    onFault: (error) => log.warn(`What shoppers did lately could not be read: ${(error as Error).message}`),
  })
  const hearing = atMostEvery(TELL_EVERY_MS, () => void reading.now())
  const forget = feed.onChange((topic, origin) => topic === 'shoppers' && origin === 'elsewhere' && hearing.soon())
  return {
    pastOf: shoppers.pastOf,
    count: shoppers.count,
    forget: shoppers.forget,
    note(deeds) {
      if (deeds.length === 0) return
      deeds.forEach(shoppers.note)
      void link?.publish(JSON.stringify(deeds.map(toldOf)))
      telling.soon()
    },
    recall: () => reading.now(),
    close: async () => {
      forget()
      for (const one of [telling, hearing]) one.close()
      await reading.close()
      await link?.close()
    },
  }
}

interface Paced {
  /** Now, or as soon as the pause since the last time is over; many calls in a pause make one. */
  soon(): void
  close(): void
}

function atMostEvery(pauseMs: number, act: () => void): Paced {
  let timer: NodeJS.Timeout | undefined
  let last = Number.NEGATIVE_INFINITY
  const now = () => {
    timer = undefined
    last = performance.now()
    act()
  }
  return {
    soon: () => {
      timer ??= setTimeout(now, Math.max(0, last + pauseMs - performance.now())).unref()
    },
    close: () => clearTimeout(timer),
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
