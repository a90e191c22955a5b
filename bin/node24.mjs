#!/usr/bin/env node
// Runs a script with the pinned Node: node bin/node24.mjs <script> [arguments …]
import { runPinned } from './pinned-node.mjs'

try {
  await runPinned(process.argv.slice(2))
} catch (error) {
  console.error(`croupier: ${error.message}`)
  process.exit(1)
}
