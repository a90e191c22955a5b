/**
 * Readiness: what the service needs, asked one by one; each answer says in words what is wrong.
 *
 * A slate needs a snapshot and nothing else; the rest may be away while slates go on, so it is asked apart.
 */

export interface Probe {
  readonly name: string
  /** No slate can be made without it. */
  readonly forSlates: boolean
  /** Null when all is well, else the reason. A rejection is a reason, too. */
  check(): string | null | Promise<string | null>
}

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly because?: string
}

const ANSWER_MS = 1_000
/** Every balancer asks every second; the database is asked once a second whoever asks. */
const FRESH_MS = 1_000

/** A function that answers what works; `forSlates` asks only for what a slate needs. `now`: milliseconds since 1970. */
export function readinessOf(probes: readonly Probe[], now: () => number): (forSlates: boolean) => Promise<readonly Check[]> {
  const needed = probes.filter(({ forSlates }) => forSlates)
  let known: { readonly at: number; readonly checks: Promise<readonly Check[]> } | null = null
  return (forSlates) => {
    if (forSlates) return checksOf(needed)
    const at = now()
    if (!known || at - known.at >= FRESH_MS || at < known.at) known = { at, checks: checksOf(probes) }
    return known.checks
  }
}

function checksOf(probes: readonly Probe[]): Promise<readonly Check[]> {
  return Promise.all(probes.map(checkOf))
}

async function checkOf(probe: Probe): Promise<Check> {
  const { name } = probe
  const because = await within(ANSWER_MS, async () => probe.check()).catch((error: Error) => error.message || 'does not answer')
  return because === null ? { name, ok: true } : { name, ok: false, because }
}

async function within<T>(ms: number, ask: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([ask(), late])
  } finally {
    clearTimeout(timer)
  }
}
