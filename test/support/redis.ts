import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'
import { until } from './until.ts'

/** A Redis for a test. One of its own may be stopped, hung and started again on the same port. */
export interface TestRedis {
  readonly url: string
  start(): Promise<void>
  stop(): Promise<void>
  /** SIGSTOP: connected, and silent. */
  hang(): void
  wake(): void
}

export type RedisHere = 'own' | 'given' | 'none'

/** What there is: redis-server, else REDIS_URL, else nothing: then the suites are skipped, loudly, and on CI that is a failure. */
export function redisHere(): RedisHere {
  if (spawnSync('redis-server', ['--version']).status === 0) return 'own'
  if (process.env.REDIS_URL) return 'given'
  if (process.env.CI === 'true') throw new Error('There is neither redis-server nor REDIS_URL, and CI has to test with Redis.')
  console.warn('\n!! There is neither redis-server nor REDIS_URL: the tests of Redis are SKIPPED.\n')
  return 'none'
}

/** Starts one on a free port, which keeps nothing; or takes the one that is given. */
export async function startRedis(): Promise<TestRedis> {
  if (redisHere() === 'given') return { url: process.env.REDIS_URL!, start: async () => {}, stop: async () => {}, hang() {}, wake() {} }
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | null = null
  const redis: TestRedis = {
    url,
    async start() {
      child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
        stdio: 'ignore',
      })
      await until(() => answers(url))
    },
    async stop() {
      const ending = child
      child = null
      if (!ending) return
      const exit = once(ending, 'exit')
      ending.kill('SIGKILL')
      await exit
    },
    hang: () => void child?.kill('SIGSTOP'),
    wake: () => void child?.kill('SIGCONT'),
  }
  await redis.start()
  return redis
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 500 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
