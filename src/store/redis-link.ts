/**
 * Redis as a second way for changes to travel. It may be down, hang, or come back at any time; nothing waits for it.
 *
 * By default ioredis queues commands without end while Redis is down. Here it queues nothing, gives up an answer after 50 ms, and after three
 * failures is not even asked for a while.
 */
import { Redis, type RedisOptions } from 'ioredis'
import { makeBreaker } from './breaker.ts'

export interface RedisLinkOptions {
  readonly url: string
  readonly channel: string
  readonly onMessage: (text: string) => void
  /** Subscribed again after a loss. */
  readonly onBack: () => void
  readonly onFault: (error: unknown) => void
}

export interface RedisLink {
  /** Whether it was sent. Never rejects. */
  publish(text: string): Promise<boolean>
  /** Whether messages come in. */
  isUp(): boolean
  close(): Promise<void>
}

const OPTIONS = {
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  autoResubscribe: false,
  connectTimeout: 300,
  commandTimeout: 50,
  retryStrategy: (times: number) => Math.min(100 * 2 ** times, 5_000),
} satisfies RedisOptions
const PULSE_MS = 5_000
const FIRST_MS = 400

/** Returns when it is subscribed, or after 400 ms. */
export async function openRedisLink({ url, channel, onMessage, onBack, onFault }: RedisLinkOptions): Promise<RedisLink> {
  const breaker = makeBreaker(onFault)
  const [sender, receiver] = [new Redis(url, OPTIONS), new Redis(url, OPTIONS)]
  let up = false
  let wasUp = false

  // Unheard errors would be printed one by one; what matters of them comes through the commands.
  for (const redis of [sender, receiver]) redis.on('error', () => {})
  receiver.on('message', (_channel, text) => onMessage(text))
  receiver.on('close', () => {
    if (up) onFault(new Error('the connection to Redis was lost'))
    up = false
  })
  const subscribed = new Promise<void>((resolve) => {
    receiver.on('ready', () => {
      receiver.subscribe(channel).then(() => {
        up = true
        if (wasUp) onBack()
        wasUp = true
        resolve()
      }, onFault)
    })
  })
  const pulse = setInterval(() => {
    if (up) receiver.ping().catch(() => receiver.disconnect(true))
  }, PULSE_MS)
  pulse.unref()

  let patience: NodeJS.Timeout | undefined
  await Promise.race([subscribed, new Promise<void>((resolve) => (patience = setTimeout(resolve, FIRST_MS)))])
  clearTimeout(patience)
  return {
    publish: (text) => breaker.attempt(() => sender.publish(channel, text)),
    isUp: () => up,
    async close() {
      clearInterval(pulse)
      up = false
      for (const redis of [sender, receiver]) redis.disconnect()
    },
  }
}
