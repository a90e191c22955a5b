/**
 * Kill switches from LaunchDarkly: boolean flags named policy.<key>.killed, and one JSON flag with a list of policy keys.
 *
 * The client waits for ever when the service is away, so waiting has a limit; it goes on trying by itself, and until it succeeds nothing is
 * off. Events are not sent: kill switches are about policies, not about people.
 */
import { init, type LDClient, type LDLogger, type LDOptions } from 'launchdarkly-node-server-sdk'
import { type FlagSource, newKillState, policyOfFlag } from './flag-source.ts'

export const KILLED_LIST_FLAG = 'croupier.killed-policies'

export interface LaunchDarklyOptions {
  readonly sdkKey: string
  readonly waitSeconds?: number
  readonly warn: (message: string) => void
  /** Options of the SDK; tests put its TestData source here. */
  readonly sdk?: LDOptions
}

const WAIT_SECONDS = 3
const CONTEXT = { kind: 'service', key: 'croupier' }

/** Waits a few seconds for the first values; never rejects. */
export async function openLaunchDarklyFlags({
  sdkKey,
  waitSeconds = WAIT_SECONDS,
  warn,
  sdk = {},
}: LaunchDarklyOptions): Promise<FlagSource> {
  const state = newKillState()
  const client = init(sdkKey, { sendEvents: false, diagnosticOptOut: true, logger: loggerOf(warn), ...sdk })
  let closed = false
  const learn = async (): Promise<void> => {
    if (closed || !client.initialized()) return
    const killed = await killedOf(client)
    if (killed && !closed) state.replace(killed)
  }
  const relearn = (): void => void learn().catch((error: Error) => warn(`LaunchDarkly: ${error.message}`))
  client.on('update', relearn)
  client.on('ready', relearn)
  client.on('error', () => {}) // Told by the logger; without a listener it would be thrown.
  try {
    await client.waitForInitialization({ timeout: waitSeconds })
    await learn()
  } catch (error) {
    warn(`LaunchDarkly does not answer yet: ${(error as Error).message}`)
  }
  return {
    name: 'launchdarkly',
    killed: state.killed,
    onChange: state.onChange,
    async close() {
      closed = true
      client.close()
    },
  }
}

/** Null when the values are not complete: what was known stays. */
async function killedOf(client: LDClient): Promise<ReadonlySet<string> | null> {
  const flags = await client.allFlagsState(CONTEXT)
  if (!flags.valid) return null
  const killed = new Set<string>()
  for (const [name, value] of Object.entries(flags.allValues())) {
    const policy = policyOfFlag(name)
    if (policy !== null && value === true) killed.add(policy)
    if (name === KILLED_LIST_FLAG && Array.isArray(value)) for (const key of value) if (typeof key === 'string') killed.add(key)
  }
  return killed
}

function loggerOf(warn: (message: string) => void): LDLogger {
  const told = (...parts: unknown[]): void => warn(`LaunchDarkly: ${parts.map(String).join(' ')}`)
  return { debug() {}, info() {}, warn: told, error: told }
}
