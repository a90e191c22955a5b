import { openEmbedded } from '../../src/store/embedded.ts'

/** A stand-in for a service: opens the embedded PostgreSQL of a folder, says so, and holds it until its input ends. */
const embedded = await openEmbedded({ dataFolder: process.argv[2]!, log: { info() {}, warn() {}, error() {} } })
process.stdout.write(`${JSON.stringify({ url: embedded.url, adopted: embedded.adopted })}\n`)
process.stdin.resume().once('end', async () => {
  await embedded.close()
  process.exit(0)
})
