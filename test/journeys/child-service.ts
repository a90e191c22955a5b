import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Call, callerOf, KEY } from '../support/service.ts'

/** The service as users start it: a process of its own, that may be killed. */
export interface ChildService {
  readonly url: string
  readonly call: Call
  /** Sends the signal and waits for the end; how it ended, and how long that took. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>
}

export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'croupier.mjs')
const LISTENS = /^Croupier listens on (http:\S+)/m

/** The environment of a service that keeps everything in `folder`. Trains on demand only. */
export function environmentOf(folder: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    PORT: '0',
    CROUPIER_DATA_DIR: folder,
    CROUPIER_BOOTSTRAP_KEY: KEY,
    CROUPIER_TRAIN_EVERY_MINUTES: '0',
    CROUPIER_LOG_LEVEL: 'error',
    CROUPIER_FOLD_EVERY_MS: '200',
    ...more,
  }
}

/** Starts it and waits until it listens. Rejects with what it said when it ends instead. */
export async function startChildService(environment: Readonly<Record<string, string>>): Promise<ChildService> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (bytes: Buffer) => {
      said += bytes
      const [, found] = LISTENS.exec(said) ?? []
      if (found) resolve(found)
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    void exit.then(([code]) => reject(new Error(`the service ended with ${code}: ${said}`)))
  })
  return {
    url,
    call: callerOf(url),
    async end(signal) {
      const start = performance.now()
      child.kill(signal)
      const [code] = await exit
      return { code, ms: performance.now() - start }
    },
  }
}

/** Runs a command of the program to its end. */
export async function runProgram(
  environment: Readonly<Record<string, string>>,
  ...given: readonly string[]
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...given], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (bytes) => {
    text += bytes
  })
  child.stderr.on('data', (bytes) => {
    text += bytes
  })
  const [code] = await once(child, 'close')
  return { code, text }
}
