/**
 * The change feed: a node hears at once what another node changed.
 *
 * Two ways, merged: PostgreSQL's NOTIFY, and Redis where there is one. Either may vanish at any time; when it comes back everything is taken
 * for changed, because something may have been missed. A change of our own is told to this node directly and heeded once.
 */

import { openListener } from './change-listener.ts'
import { CHANNEL, type Changes, messageOf, type OnChange, readMessage, TOPICS, type Topic } from './changes.ts'
import type { Database } from './database.ts'
import type { Logger } from './logger.ts'
import { openRedisLink, type RedisLink } from './redis-link.ts'

export interface ChangeFeedOptions {
  readonly database: Database
  readonly log: Logger
  readonly redisUrl?: string | undefined
  /** Keeps installations apart that share a Redis: the fingerprint of the secret. */
  readonly namespace: string
}

export interface ChangeFeed {
  /** Tells everybody, this node included, what was changed outside the stores. Never rejects. */
  announce(topic: Topic): Promise<void>
  /** Called for changes made here and elsewhere. Returns how to stop. */
  onChange(callback: OnChange): () => void
  /** Which ways work just now; `redis` is null without one. */
  state(): { readonly postgres: boolean; readonly redis: boolean | null }
  close(): Promise<void>
}

/** What comes by both ways, or in a burst, is told once. */
const MERGE_MS = 10

/** Returns after the first attempts to connect, successful or not. */
export async function openChangeFeed({ database, log, redisUrl, namespace }: ChangeFeedOptions): Promise<ChangeFeed> {
  const { changes } = database
  const ear = openEar(changes)
  const tellFault = faultTeller(log)
  const [listener, redis] = await Promise.all([
    openListener({ url: database.url, onMessage: ear.hear, onBack: ear.hearAll, onFault: (error) => tellFault('LISTEN', error) }),
    redisUrl ? openRedis(redisUrl) : null,
  ])

  function openRedis(url: string): Promise<RedisLink> {
    const channel = `${CHANNEL}:${namespace}`
    return openRedisLink({ url, channel, onMessage: ear.hear, onBack: ear.hearAll, onFault: (error) => tellFault('Redis', error as Error) })
  }

  const forget = changes.listen((topic, origin) => {
    if (origin === 'here') void redis?.publish(messageOf(changes.node, topic))
  })
  return {
    async announce(topic) {
      changes.tell(topic, 'here')
      await database.admin
        .query('SELECT pg_notify($1, $2)', [CHANNEL, messageOf(changes.node, topic)])
        .catch((error: Error) => tellFault('NOTIFY', error))
    },
    onChange: (callback) => changes.listen(callback),
    state: () => ({ postgres: listener.isUp(), redis: redis?.isUp() ?? null }),
    async close() {
      forget()
      ear.close()
      await Promise.all([listener.close(), redis?.close()])
    },
  }
}

interface Ear {
  readonly hear: (text: string) => void
  readonly hearAll: () => void
  close(): void
}

/** Gathers what is heard from elsewhere for a moment and tells each topic once. */
function openEar(changes: Changes): Ear {
  const heard = new Set<Topic>()
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    const topics = [...heard]
    heard.clear()
    for (const topic of topics) changes.tell(topic, 'elsewhere')
  }
  const note = (topic: Topic) => {
    heard.add(topic)
    timer ??= setTimeout(tell, MERGE_MS)
  }
  return {
    hear: (text) => {
      const message = readMessage(text)
      if (message && message.node !== changes.node) note(message.topic)
    },
    hearAll: () => {
      for (const topic of TOPICS) note(topic)
    },
    close: () => clearTimeout(timer),
  }
}

/** One line a way and minute: a way that is down fails again and again. */
function faultTeller(log: Logger): (way: string, error: Error) => void {
  const toldAt = new Map<string, number>()
  return (way, error) => {
    const now = performance.now()
    if (now - (toldAt.get(way) ?? Number.NEGATIVE_INFINITY) < 60_000) return
    toldAt.set(way, now)
    log.warn(`Changes do not travel by ${way}: ${error.message}`)
  }
}
