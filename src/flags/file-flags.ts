/**
 * Kill switches from a file: { "policy.<key>.killed": true }. The file is looked at every second, because editors and deployments replace
 * files in ways that watching misses. A file that is bad or gone changes nothing: what was off stays off.
 */
import { readFile, stat } from 'node:fs/promises'
import { type FlagSource, newKillState, policyOfFlag } from './flag-source.ts'

export interface FileFlagsOptions {
  readonly path: string
  readonly everyMs?: number
  readonly warn: (message: string) => void
}

const EVERY_MS = 1_000
const BYTES_MAX = 1024 * 1024

/** Reads the file once before it resolves; never rejects. */
export async function openFileFlags({ path, everyMs = EVERY_MS, warn }: FileFlagsOptions): Promise<FlagSource> {
  const state = newKillState()
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let seen = ''

  const learn = async (): Promise<void> => {
    const mark = await markOf(path)
    if (mark === seen) return
    seen = mark
    try {
      state.replace(killedIn(await readFile(path, 'utf8')))
    } catch (error) {
      warn(`Kill switches of ${path} are not read, the last good ones stay: ${(error as Error).message}`)
    }
  }
  const look = async (): Promise<void> => {
    await learn()
    if (!closed) timer = setTimeout(() => (looking = look()), everyMs).unref()
  }
  let looking = look()
  await looking
  return {
    name: 'file',
    killed: state.killed,
    onChange: state.onChange,
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}

/** Differs whenever the file is another one; files are also replaced within a second, with the same size. */
async function markOf(path: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, ino, size } = await stat(path, { bigint: true })
    return `${mtimeNs} ${ctimeNs} ${ino} ${size}`
  } catch (error) {
    return `no file: ${(error as NodeJS.ErrnoException).code}`
  }
}

/** The policies that a file's text switches off. Throws when it is anything else than flags. */
export function killedIn(text: string): ReadonlySet<string> {
  if (text.length > BYTES_MAX) throw new Error('it is larger than 1 MiB')
  const flags: unknown = JSON.parse(text)
  if (typeof flags !== 'object' || flags === null || Array.isArray(flags)) throw new Error('it is no JSON object')
  const killed = new Set<string>()
  for (const [name, value] of Object.entries(flags)) {
    const policy = policyOfFlag(name)
    if (policy === null) throw new Error(`"${name}" is no kill switch; write "policy.<key>.killed"`)
    if (typeof value !== 'boolean') throw new Error(`"${name}" has to be true or false`)
    if (value) killed.add(policy)
  }
  return killed
}
