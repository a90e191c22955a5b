/** Memory of the service and of its PostgreSQL: at rest after the start, after a short load, and some time later. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Child, runToEnd, startListening } from './child.ts'
import type { Ground } from './ground.ts'
import { familyOf, memoryMb } from './processes.ts'
import type { Shop } from './shop.ts'

/** Megabytes; null where the system keeps no such books. Pages that processes share are divided among them. */
export interface Memory {
  readonly service: number | null
  readonly postgres: number | null
}

export interface MemoryBench {
  readonly afterStart: Memory
  readonly afterLoad: Memory
  readonly atRest: Memory
}

const LOAD_SECONDS = 5
const CONNECTIONS = 32

/** Measures; `restSeconds` is how long it rests after the load. */
export async function benchMemory(
  ground: Ground,
  shop: Shop,
  { restSeconds, tell }: { readonly restSeconds: number; tell(what: string): void },
): Promise<MemoryBench> {
  const service = await startListening(join(import.meta.dirname, 'service.ts'), ['durable'], shop.environment('memory'))
  try {
    tell('memory: starting')
    await pause(2_000)
    const afterStart = now(ground, service)
    tell('memory: under load')
    const { url } = service
    const job = { url, key: shop.key, bodies: shop.bodies.hybrid, connections: CONNECTIONS, seconds: LOAD_SECONDS }
    await runToEnd(join(import.meta.dirname, 'load.ts'), JSON.stringify(job))
    const afterLoad = now(ground, service)
    tell(`memory: resting for ${restSeconds} s`)
    await pause(restSeconds * 1000)
    return { afterStart, afterLoad, atRest: now(ground, service) }
  } finally {
    await service.stop()
  }
}

function now(ground: Ground, service: Child): Memory {
  return { service: memoryMb([service.process.pid!]), postgres: memoryMb(familyOf(ground.postmaster)) }
}
