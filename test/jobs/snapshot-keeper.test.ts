import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KeeperOptions, openKeeper, type SnapshotKeeper, type Topic } from '../../src/jobs/snapshot-keeper.ts'
import { ITEMS } from '../support/deck.ts'
import { until } from '../support/until.ts'
import { epochOf, modelOf, openMemory, seed, settingsOf } from './parts.ts'

let folder: string
let faults: string[]
const keepers: SnapshotKeeper[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-keeper-'))
  faults = []
})
afterEach(async () => {
  await Promise.all(keepers.splice(0).map((keeper) => keeper.close()))
  rmSync(folder, { recursive: true, force: true })
})

const ALL: readonly Topic[] = ['settings', 'items', 'models', 'flags']
const file = () => join(folder, 'last-snapshot.bin')
/** Changes whenever the file is written. */
const writtenAs = () => statSync(file(), { throwIfNoEntry: false })?.ino

function open(options: Partial<KeeperOptions> = {}) {
  const { memory, source } = openMemory()
  const keeper = openKeeper({ source, seed, folder, onFault: (what) => faults.push(what), ...options })
  keepers.push(keeper)
  return { memory, keeper }
}
const withoutStock = ITEMS.map((item) => ({ ...item, stock: item.itemNo === 1 ? 0 : item.stock }))

describe('the keeper of the snapshot', () => {
  it('has none before it read, then everything, and keeps its body for replay once', async () => {
    const { memory, keeper } = open()
    expect(keeper.current()).toBeNull()
    expect(keeper.readAt()).toBe(0)
    await keeper.refresh(['items'])
    expect(memory.reads.sort()).toEqual(['items', 'models', 'settings'])
    expect(keeper.current()!.surfaces.has('home')).toBe(true)
    expect(keeper.current()!.rankers.has('popularity')).toBe(true)
    await keeper.refresh(ALL)
    expect(memory.saved).toEqual([keeper.current()!.id])
    expect(faults).toEqual([])
  })

  it('reads again only what is said to have changed', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    for (const topic of ['settings', 'items', 'models'] as const) {
      memory.reads.length = 0
      await keeper.refresh([topic])
      expect(memory.reads).toEqual([topic])
    }
    memory.reads.length = 0
    memory.killed = new Set(['hybrid'])
    await keeper.refresh(['flags'])
    expect(memory.reads).toEqual([])
    expect(keeper.current()!.killed).toEqual(new Set(['hybrid']))
  })

  it('builds nothing again that turned out to be the same', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    const { catalogue, rankers } = keeper.current()!
    memory.settings = settingsOf([epochOf('fresh', 1)])
    await keeper.refresh(ALL)
    expect(keeper.current()!.surfaces.get('home')!.experiments).toHaveLength(1)
    expect(keeper.current()!.catalogue).toBe(catalogue)
    expect(keeper.current()!.rankers).toBe(rankers)
    memory.items = withoutStock
    await keeper.refresh(['items'])
    expect(keeper.current()!.catalogue.allowed[1]).toBe(0)
    memory.models = [modelOf('popularity', 'popularity-2')]
    await keeper.refresh(['models'])
    expect(keeper.current()!.rankers.get('popularity')!.modelVersion).toBe('popularity-2')
  })

  it('gathers what is asked for during a reading into one more reading, and whoever waits finds it done', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    memory.reads.length = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    memory.gate = promise
    const first = keeper.refresh(['items'])
    memory.settings = settingsOf([epochOf('meanwhile', 1)])
    const others = [keeper.refresh(['settings']), keeper.refresh(['settings']), keeper.refresh(['models'])]
    resolve()
    await keeper.settled()
    expect(memory.reads.slice(1).sort()).toEqual(['models', 'settings'])
    expect(keeper.current()!.surfaces.get('home')!.experiments).toHaveLength(1)
    await Promise.all([first, ...others])
  })

  it('loses no change, at whatever moment it is announced', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    for (let ticks = 0; ticks < 40; ticks++) {
      const first = keeper.refresh(['items'])
      for (let i = 0; i < ticks; i++) await Promise.resolve()
      memory.settings = settingsOf([epochOf('now', ticks + 1)])
      const second = keeper.refresh(['settings'])
      await Promise.all([first, second])
      expect(keeper.current()!.surfaces.get('home')!.experiments[0]!.epochId).toBe(ticks + 1)
    }
  })

  it('keeps the last good one when reading fails, knows that it is behind, and reads then what it missed', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    const good = keeper.current()
    memory.away = true
    memory.settings = settingsOf([epochOf('missed', 1)])
    await expect(keeper.refresh(['settings'])).rejects.toThrow('the database is away')
    expect(keeper.current()).toBe(good)
    expect(keeper.behind()).toBe(true)
    memory.away = false
    await keeper.refresh([])
    expect(keeper.behind()).toBe(false)
    expect(keeper.current()!.surfaces.get('home')!.experiments).toHaveLength(1)
  })

  it('keeps the last good one when the next cannot be built', async () => {
    const { memory, keeper } = open()
    await keeper.refresh(ALL)
    const good = keeper.current()
    memory.settings = { ...settingsOf(), surfaces: null as never }
    await expect(keeper.refresh(['settings'])).rejects.toThrow()
    expect(keeper.current()).toBe(good)
    memory.settings = settingsOf()
    await keeper.refresh([])
    expect(keeper.current()!.id).toBe(good!.id)
  })
})

describe('the copy on disk', () => {
  it('lets a node decide as in its last life when it cannot read', async () => {
    const { memory, keeper } = open()
    memory.settings = settingsOf([epochOf('remembered', 3)])
    await keeper.refresh(ALL)
    const next = open()
    next.memory.away = true
    await expect(next.keeper.refresh(ALL)).rejects.toThrow()
    expect(await next.keeper.recall()).toBe(true)
    expect(next.keeper.current()!.id).toBe(keeper.current()!.id)
    expect(next.keeper.current()!.rankers.get('popularity')!.modelVersion).toBe('popularity-1')
    expect(next.keeper.current()!.surfaces.get('home')!.experiments[0]!.key).toBe('remembered')
    expect(next.keeper.readAt()).toBe(0)
    next.memory.away = false
    await next.keeper.refresh(['flags'])
    expect(next.keeper.current()!.surfaces.get('home')!.experiments).toEqual([])
  })

  it('that is missing, torn or of another release is none', async () => {
    expect(await open().keeper.recall()).toBe(false)
    writeFileSync(file(), 'torn')
    expect(await open().keeper.recall()).toBe(false)
    const { serialize } = await import('node:v8')
    writeFileSync(file(), serialize({ format: 1, settings: { other: 'shape' }, items: [], models: new Map() }))
    expect(await open().keeper.recall()).toBe(false)
    writeFileSync(file(), serialize({ format: 0, settings: settingsOf(), items: [], models: new Map() }))
    expect(await open().keeper.recall()).toBe(false)
  })

  it('is not written again when nothing changed', async () => {
    const { keeper } = open({ writePauseMs: 0 })
    await keeper.refresh(ALL)
    const before = writtenAs()
    expect(before).toBeDefined()
    for (let i = 0; i < 3; i++) await keeper.refresh(ALL)
    await pause(20)
    await keeper.close()
    expect(writtenAs()).toBe(before)
  })

  it('is written at once for settings and models, and only once in a while for items', async () => {
    const { memory, keeper } = open({ writePauseMs: 60_000 })
    await keeper.refresh(ALL)
    const first = writtenAs()
    memory.items = withoutStock
    await keeper.refresh(['items'])
    await pause(20)
    expect(writtenAs()).toBe(first)
    memory.settings = settingsOf([epochOf('at-once', 1)])
    await keeper.refresh(['settings'])
    const second = writtenAs()
    expect(second).not.toBe(first)
    memory.models = [modelOf('popularity', 'popularity-2')]
    await keeper.refresh(['models'])
    expect(writtenAs()).not.toBe(second)
  })

  it('has changed items after the pause, and at the latest when the service stops', async () => {
    const { memory, keeper } = open({ writePauseMs: 50 })
    await keeper.refresh(ALL)
    const first = writtenAs()
    memory.items = withoutStock
    await keeper.refresh(['items'])
    await until(() => writtenAs() !== first)
    const patient = open({ writePauseMs: 60_000 })
    await patient.keeper.refresh(ALL)
    patient.memory.items = withoutStock.slice(0, 4)
    await patient.keeper.refresh(['items'])
    await patient.keeper.close()
    const next = open()
    expect(await next.keeper.recall()).toBe(true)
    expect(next.keeper.current()!.catalogue.shown).toEqual([2, 3, 4])
  })

  it('that cannot be written is told and stops nothing', async () => {
    const { keeper } = open({ folder: join(folder, 'nowhere') })
    await keeper.refresh(ALL)
    expect(keeper.current()).not.toBeNull()
    expect(faults).toEqual(['keep the snapshot on disk'])
  })
})
