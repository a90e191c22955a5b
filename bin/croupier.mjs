#!/usr/bin/env node
// The command "croupier": hands over to src/cli/main.ts, with the pinned Node when this one is too old.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinnedNode, runPinned } from './pinned-node.mjs'

const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'cli', 'main.ts')

try {
  if (pinnedNode() === process.execPath) await import(main)
  else await runPinned([main, ...process.argv.slice(2)])
} catch (error) {
  console.error(`croupier: ${error.message}`)
  process.exit(1)
}
