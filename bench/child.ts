/** Child processes of the benchmark: started, waited for, and always stopped. They end by themselves when the pipe to us closes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Child {
  /** What the child printed behind "listening ". */
  readonly url: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** Starts a script with this Node and waits until it says where it listens. */
export async function startListening(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /listening (\S+)/.exec(line)
    if (match?.[1]) {
      child.stdout.resume()
      return { url: match[1], process: child, stop: () => stop(child) }
    }
  }
  throw new Error(`${script} ended before it listened`)
}

/** Runs a script to its end and returns what it printed; `input` is what it reads. */
export async function runToEnd(script: string, input: string): Promise<string> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined) // Its end says what went wrong.
  child.stdin.end(input)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
  return output
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const closed = once(child, 'close')
  child.stdin?.end()
  await closed
}

/** For a child: ends with its parent, in good order or not. */
export function endWithParent(close: () => Promise<unknown> = async () => undefined): void {
  const end = () => void close().finally(() => process.exit(0))
  process.stdin.resume().once('end', end)
  // A terminal sends Ctrl-C to all of us; the parent decides.
  process.on('SIGINT', () => undefined)
}
