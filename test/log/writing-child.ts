import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openExposureLog } from '../../src/log/exposure-log.ts'
import { openOutcomeLog } from '../../src/log/outcome-log.ts'
import { bytesFor, exposure, outcome, requestKey } from './sample.ts'

/** Writes exposures and outcomes until it is killed or its input ends; says the id of each one that was acknowledged. */
const [url, folder, epoch] = process.argv.slice(2) as [string, string, string]
const exposures = await openExposureLog({ url, spoolFolder: join(folder, 'exposures') })
const outcomes = await openOutcomeLog({ url, spoolFolder: join(folder, 'outcomes'), patienceMs: 200 })
let going = true
let turn = 0

const say = (kind: string, id: string) => writeSync(1, `${kind} ${id}\n`)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

async function show(): Promise<void> {
  const name = `unit ${turn++ % 200}`
  const shown = exposure({ unit: bytesFor(name), epochId: Number(epoch), armId: 1 + (turn % 2) })
  const answer = await exposures.append(shown, turn % 3 === 0 ? requestKey(hex(shown.decisionId)) : undefined)
  if (answer.kind === 'table' || answer.kind === 'spool') say(answer.kind, hex(shown.decisionId))
}

async function tell(): Promise<void> {
  const row = outcome({ outcomeId: `${process.pid} ${turn++}`, unit: bytesFor(`unit ${turn % 200}`) })
  const [answer] = await outcomes.append([row])
  if (answer === 'accepted' || answer === 'queued') say(answer, row.outcomeId.replace(' ', '/'))
  if (turn % 5 === 0) await outcomes.append([row])
}

async function forEver(work: () => Promise<void>): Promise<void> {
  while (going) await work()
}

const work = [...Array.from({ length: 12 }, () => forEver(show)), ...Array.from({ length: 4 }, () => forEver(tell))]
process.stdin.resume().once('end', async () => {
  going = false
  await Promise.all(work)
  while (exposures.backlogBytes() + outcomes.backlogBytes() > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await exposures.close()
  await outcomes.close()
})
