import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A script of this folder in a process of its own, to be killed. */
export interface Child {
  /** Lines it wrote so far, whole ones only. */
  lines(): string[]
  /** kill -9. */
  kill(): Promise<void>
  /** Ends its input and waits; it has to end well. */
  end(): Promise<void>
}

export function startChild(script: string, ...given: string[]): Child {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, script), ...given], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  let text = ''
  child.stdout!.on('data', (bytes) => {
    text += bytes
  })
  return {
    lines: () =>
      text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1),
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
    async end() {
      child.stdin!.end()
      const [code] = await exit
      if (code !== 0) throw new Error(`${script} ended with ${code}`)
    },
  }
}
