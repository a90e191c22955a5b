// Finds the Node that package.json pins, and fetches it when npm's install scripts were blocked.
//
// Plain JavaScript on purpose: this is the one file that the machine's own Node (20 or newer) has to understand.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST_MAJOR = 24
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packageFolder = join(root, 'node_modules', 'node')
const binary = join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The path of a Node that can run TypeScript as it is: this one, or the pinned one. Throws with the remedy. */
export function pinnedNode() {
  if (Number(process.versions.node.split('.')[0]) >= LEAST_MAJOR) return process.execPath
  if (!existsSync(binary)) {
    if (!existsSync(packageFolder)) throw new Error('node_modules is missing. Run "npm ci" first.')
    console.error('croupier: install scripts were blocked, fetching the pinned Node once …')
    spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd: packageFolder, stdio: ['ignore', 2, 2] })
    if (!existsSync(binary))
      throw new Error(
        `The pinned Node could not be fetched. Install Node ${LEAST_MAJOR} or allow the install script of the package "node".`,
      )
  }
  return binary
}

/** Runs a script with the pinned Node, passing signals and the exit code through. */
export async function runPinned(args) {
  const { spawn } = await import('node:child_process')
  const child = spawn(pinnedNode(), args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
