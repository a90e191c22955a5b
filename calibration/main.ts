/**
 * npm run calibrate: the long calibration, which writes docs/calibration.md and its figures.
 *
 *     npm run calibrate -- --seed 7 --scale 10
 *
 * Ends with status 1 when a statement does not hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawingsOf } from './drawings.ts'
import { gridsOf } from './grids.ts'
import { pageOf } from './page.ts'
import { agrees, type Finding } from './statement.ts'
import { STUDIES } from './studies.ts'

const FALSE_ALARM = 1e-6
const docs = join(import.meta.dirname, '..', 'docs')
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, scale: { type: 'string', default: '10' }, docs: { type: 'string', default: docs } },
})
const seed = numberOf('seed', values.seed)
const scale = numberOf('scale', values.scale)

const findings: Finding[] = []
for (const { ids, title, run } of STUDIES) {
  const started = performance.now()
  const found = run({ seed, scale })
  findings.push(...found)
  const failed = found.filter((finding) => !agrees(finding, FALSE_ALARM))
  console.log(
    `${ids.padEnd(8)} ${title.padEnd(46)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${failed.length === 0 ? 'holds' : 'FAILS'}`,
  )
  for (const { what } of failed) console.log(`         ${what}`)
}
const runs = Math.max(200, Math.round(1000 * scale))
const drawings = drawingsOf(findings, { seed, runs })
const grids = gridsOf({ seed, runs })

mkdirSync(join(values.docs, 'calibration'), { recursive: true })
for (const { file, svg } of drawings) writeFileSync(join(values.docs, 'calibration', file), svg)
writeFileSync(join(values.docs, 'calibration.md'), pageOf({ seed, scale, findings, drawings, grids, falseAlarm: FALSE_ALARM }))
console.log(`Written: ${join(values.docs, 'calibration.md')}`)
if (findings.some((finding) => !agrees(finding, FALSE_ALARM))) process.exitCode = 1

function numberOf(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} is a positive number, not "${text}".`)
  return value
}
