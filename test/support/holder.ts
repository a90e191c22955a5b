import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Another process that uses the embedded PostgreSQL of a folder. */
export interface Holder {
  readonly url: string
  readonly adopted: boolean
  /** Closes in good order. */
  close(): Promise<void>
  /** kill -9. */
  kill(): Promise<void>
}

export async function holderOf(dataFolder: string): Promise<Holder> {
  const script = join(import.meta.dirname, 'hold-embedded.ts')
  const child = spawn(process.execPath, [script, dataFolder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)))
  })
  return {
    ...(JSON.parse(line) as { url: string; adopted: boolean }),
    close: () => ended(child, () => child.stdin.end()),
    kill: () => ended(child, () => child.kill('SIGKILL')),
  }
}

async function ended(child: ChildProcess, by: () => void): Promise<void> {
  const exit = once(child, 'exit')
  by()
  await exit
}
