import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestData } from 'launchdarkly-node-server-sdk/integrations'
import { afterAll, describe, expect, it } from 'vitest'
import { combinedFlags } from '../../src/flags/combined-flags.ts'
import { killedIn, openFileFlags } from '../../src/flags/file-flags.ts'
import { fixedFlags } from '../../src/flags/fixed-flags.ts'
import { policyOfFlag } from '../../src/flags/flag-source.ts'
import { KILLED_LIST_FLAG, openLaunchDarklyFlags } from '../../src/flags/launchdarkly-flags.ts'
import { openTableFlags, type TableFlag } from '../../src/flags/table-flags.ts'
import { type Bench, keepsTheFlagContract } from './flag-source-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-flags-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const names = (policies: readonly string[]) => Object.fromEntries(policies.map((policy) => [`policy.${policy}.killed`, true]))
const silent = () => {}

describe('kill switches in memory', () => {
  keepsTheFlagContract(
    async (killed) => {
      const source = fixedFlags(killed)
      return { source, kill: (policies) => source.set(policies) }
    },
    { breaks: false },
  )
})

describe('kill switches of the table', () => {
  async function open(
    killed: readonly string[],
    warn: (message: string) => void = silent,
  ): Promise<Bench & { readonly reads: () => number }> {
    let rows: readonly TableFlag[] | Error = killed.map((policy) => ({ key: `policy.${policy}.killed`, value: true }))
    let reads = 0
    let announce: (() => void) | undefined
    const source = await openTableFlags({
      read: async () => {
        reads++
        if (rows instanceof Error) throw rows
        return rows
      },
      onAnnounced: (callback) => {
        announce = callback
        return () => {
          announce = undefined
        }
      },
      everyMs: 30,
      warn,
    })
    const kill = (policies: readonly string[]) => {
      rows = [...policies.map((policy) => ({ key: `policy.${policy}.killed`, value: true })), { key: 'policy.idle.killed', value: false }]
      announce?.()
    }
    const spoil = async () => {
      rows = new Error('the database is away')
      announce?.()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return { source, kill, spoil, reads: () => reads }
  }
  keepsTheFlagContract((killed) => open(killed), { breaks: true })

  it('are found without an announcement, a little later', async () => {
    const { source, reads } = await open([])
    const before = reads()
    await expect.poll(reads).toBeGreaterThan(before + 2)
    await source.close()
  })

  it('complain once, however long the table cannot be read', async () => {
    const told: string[] = []
    const { source, spoil } = await open([], (message) => told.push(message))
    await spoil?.()
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/the last known ones stay: the database is away/)
    await source.close()
  })
})

describe('kill switches of a file', () => {
  let count = 0
  async function open(killed: readonly string[], warn: (message: string) => void = silent): Promise<Bench & { readonly path: string }> {
    const path = join(folder, `flags-${count++}.json`)
    const kill = (policies: readonly string[]) => writeFileSync(path, JSON.stringify(names(policies)))
    kill(killed)
    const source = await openFileFlags({ path, everyMs: 20, warn })
    const spoil = async () => {
      writeFileSync(path, '{ "policy.hybrid.killed": tru')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return { source, kill, spoil, path }
  }
  keepsTheFlagContract((killed) => open(killed), { breaks: true })

  it('keep the last good ones when the file goes bad or away, and warn once each', async () => {
    const told: string[] = []
    const { source, spoil, path } = await open(['hybrid'], (message) => told.push(message))
    await spoil?.()
    expect(told).toHaveLength(1)
    rmSync(path)
    await expect.poll(() => told.length).toBe(2)
    expect([...source.killed()]).toEqual(['hybrid'])
    writeFileSync(path, '{}')
    await expect.poll(() => source.killed().size).toBe(0)
    expect(told).toHaveLength(2)
    await source.close()
  })

  it('may be missing at the start', async () => {
    const told: string[] = []
    const source = await openFileFlags({ path: join(folder, 'nowhere.json'), everyMs: 20, warn: (message) => told.push(message) })
    expect(source.killed().size).toBe(0)
    expect(told[0]).toMatch(/ENOENT/)
    await source.close()
  })

  it.each([
    ['[]', /no JSON object/],
    ['{"killed": true}', /"killed" is no kill switch/],
    ['{"policy.hybrid.killed": "yes"}', /has to be true or false/],
    ['{"policy.hybrid.killed": true', /JSON/],
  ])('are refused whole when the file says %s', (text, because) => {
    expect(() => killedIn(text)).toThrow(because)
  })
})

describe('kill switches of LaunchDarkly', () => {
  async function open(killed: readonly string[]): Promise<Bench> {
    const data = new TestData()
    let known: readonly string[] = []
    const kill = async (policies: readonly string[]) => {
      for (const policy of new Set([...known, ...policies])) {
        await data.update(data.flag(`policy.${policy}.killed`).booleanFlag().variationForAll(policies.includes(policy)))
      }
      known = policies
    }
    await kill(killed)
    await data.update(data.flag('something-else').booleanFlag().variationForAll(true))
    const source = await openLaunchDarklyFlags({ sdkKey: 'test', warn: silent, sdk: { updateProcessor: data.getFactory() } })
    return { source, kill }
  }
  keepsTheFlagContract(open, { breaks: false })

  it('may also be one flag with a list of policies', async () => {
    const data = new TestData()
    await data.update(data.flag(KILLED_LIST_FLAG).valueForAll(['content', 'hybrid', 7]))
    const source = await openLaunchDarklyFlags({ sdkKey: 'test', warn: silent, sdk: { updateProcessor: data.getFactory() } })
    expect([...source.killed()].sort()).toEqual(['content', 'hybrid'])
    await source.close()
  })

  it('hold nobody up when the service does not answer', async () => {
    const hung = createServer(() => {})
    await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve))
    const { port } = hung.address() as { port: number }
    const told: string[] = []
    const started = performance.now()
    const uri = `http://127.0.0.1:${port}`
    const source = await openLaunchDarklyFlags({
      sdkKey: 'test',
      waitSeconds: 0.2,
      warn: (message) => told.push(message),
      sdk: { baseUri: uri, streamUri: uri, eventsUri: uri },
    })
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(source.killed().size).toBe(0)
    expect(told.some((message) => /does not answer yet/.test(message))).toBe(true)
    await source.close()
    hung.close()
  })
})

describe('all sources together', () => {
  it('switch a policy off as soon as one of them does, and say which', async () => {
    const [a, b] = [fixedFlags(['hybrid']), fixedFlags([])]
    const all = combinedFlags([a, { ...b, name: 'second' }])
    let calls = 0
    all.onChange(() => calls++)
    expect([...all.killed()]).toEqual(['hybrid'])
    b.set(['hybrid', 'content'])
    expect([...all.killed()].sort()).toEqual(['content', 'hybrid'])
    expect(Object.fromEntries(all.sourcesOf())).toEqual({ hybrid: ['fixed', 'second'], content: ['second'] })
    a.set([])
    expect(all.killed().has('hybrid')).toBe(true)
    expect(calls).toBe(1)
    await all.close()
    b.set([])
    expect(all.killed().size).toBe(2)
  })
})

describe('the name of a kill switch', () => {
  it.each([
    ['policy.hybrid.killed', 'hybrid'],
    ['policy.my.own-policy_2.killed', 'my.own-policy_2'],
    ['policy..killed', null],
    ['policy.Hybrid.killed', null],
    ['policy.hybrid', null],
  ])('%s speaks of %s', (name, policy) => {
    expect(policyOfFlag(name)).toBe(policy)
  })
})
