/** Bodies of models on disk, a file each: written once, because a version is the hash of its bytes, and never on the event loop's time. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelBody } from './snapshot-of.ts'

const FOLDER = 'models'

/** Writes what is not there yet; the names of all files that are needed. */
export async function keepBodies(folder: string, models: readonly ModelBody[]): Promise<readonly string[]> {
  const place = join(folder, FOLDER)
  await mkdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const there = new Set(await readdir(place))
  for (const model of models) {
    const name = nameOf(model)
    if (!there.has(name)) await replace(join(place, name), model.bytes)
  }
  return models.map(nameOf)
}

/** Reads the bodies of an earlier life. Rejects when one is missing. */
export async function recallBodies(
  folder: string,
  models: ReadonlyMap<string, Omit<ModelBody, 'bytes'>>,
): Promise<ReadonlyMap<string, ModelBody>> {
  const bodies = new Map<string, ModelBody>()
  for (const [slot, model] of models) bodies.set(slot, { ...model, bytes: await readFile(join(folder, FOLDER, nameOf(model))) })
  return bodies
}

/** Removes the files that nothing needs. */
export async function sweepBodies(folder: string, needed: readonly string[]): Promise<void> {
  const place = join(folder, FOLDER)
  for (const name of await readdir(place)) if (!needed.includes(name)) await rm(join(place, name), { force: true })
}

/** Keys of policies are lower-case letters, digits, ".", "_" and "-"; '$' begins those that are no policy's. */
function nameOf({ policy, version }: Pick<ModelBody, 'policy' | 'version'>): string {
  return `${policy}@${version}`
}

/** All or nothing, also when the power fails. */
export async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
