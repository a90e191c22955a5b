/**
 * A batch: every unit of a file is dealt a slate as the API would deal it, logged, and written out.
 *
 *     units ─▶ requests ─▶ answerSlate, many at a time ─▶ exposures durable (group commit) ─▶ lines of the out file
 *
 * A line is written only when its exposure is durable. Request ids are made of batch and unit, so that whatever breaks off, the same
 * command again gives every unit the slate that was logged for it, and no second exposure. Requests for a remote strategy go as many at a time as
 * its bulkhead has places.
 */
import type { Consent } from '../http/consent.ts'
import { consentOf } from '../http/consent.ts'
import { Problem } from '../http/problems.ts'
import { answerSlate, type SlateWorld } from '../http/slates.ts'
import { type Asked, type Batch, requestOf } from './batch-request.ts'
import { type SlatesFile, slateLine } from './slates-file.ts'
import type { UnitLine, UnitsFile } from './units-file.ts'

export interface BatchOptions extends Batch {
  readonly units: UnitsFile
  readonly slates: SlatesFile
  readonly onRefused: (line: number, because: string, raw: string) => void
  /** Told after every few hundred lines. */
  readonly onProgress: (bytes: number, units: number) => void
  readonly signal: AbortSignal
}

export interface BatchCounts {
  /** Lines of the file; what follows adds up to it. */
  lines: number
  /** Slates written by this run; `unmeasured` of them without an exposure, for want of consent. */
  dealt: number
  unmeasured: number
  /** Slates that an earlier run had written. */
  kept: number
  refused: number
}

export interface BatchRun extends BatchCounts {
  /** False when it was told to stop. */
  readonly isWhole: boolean
}

/** How an answer ends whose exposure is not in the log. */
const NO_TOKEN = '"token":null}'
/** What is in hand at a time, and so the largest flush. */
const AT_A_TIME = 512

/** Deals the whole file. Rejects when an exposure can be written nowhere; what was dealt before stays. */
export async function runBatch(world: SlateWorld, options: BatchOptions): Promise<BatchRun> {
  const { units, slates, onRefused, onProgress, signal } = options
  const counts: BatchCounts = { lines: 0, dealt: 0, unmeasured: 0, kept: 0, refused: 0 }
  const met = new Set<string>()
  const refuse = (line: UnitLine, because: string) => {
    counts.refused++
    onRefused(line.line, because, line.raw)
  }

  const wanted = (line: UnitLine): Wanted | null => {
    counts.lines++
    const asked = requestOf(line, options)
    if (asked.kind === 'refused') refuse(line, asked.because)
    else if (met.has(asked.unit)) refuse(line, `the unit stands in an earlier line`)
    else {
      met.add(asked.unit)
      if (!slates.known.has(asked.unit)) return { line, asked }
      counts.kept++
    }
    return null
  }

  const deal = async (chunk: readonly Wanted[]): Promise<void> => {
    const dealt = await Promise.all(chunk.map((one) => dealtTo(world, one)))
    const lines = dealt.flatMap((one, i) => {
      const { line, asked } = chunk[i]!
      if (one.kind === 'refused') return refuse(line, one.because) ?? []
      counts.dealt++
      if (!one.isMeasured) counts.unmeasured++
      return [slateLine({ batch: options.batch, line: line.line, unit: asked.unit }, one.answer)]
    })
    await slates.append(lines)
  }

  let before = 0
  for await (const block of units.blocks()) {
    const waiting = block.map(wanted).filter((one) => one !== null)
    const bytes = units.bytesRead() - before
    for (let from = 0; from < waiting.length; ) {
      if (signal.aborted) return { ...counts, isWhole: false }
      const chunk = waiting.slice(from, from + atATime(world, options.surface))
      await deal(chunk)
      from += chunk.length
      onProgress(before + bytes * (from / waiting.length), counts.dealt + counts.kept)
    }
    before += bytes
  }
  return { ...counts, isWhole: true }
}

interface Wanted {
  readonly line: UnitLine
  readonly asked: Extract<Asked, { kind: 'request' }>
}

type Dealt =
  | { readonly kind: 'dealt'; readonly answer: string; readonly isMeasured: boolean }
  | { readonly kind: 'refused'; readonly because: string }

async function dealtTo(world: SlateWorld, { asked: { request, bytes } }: Wanted): Promise<Dealt> {
  const consent: Consent = consentOf(request.consent, {})
  try {
    const answer = Buffer.from(await answerSlate(world, request, consent, bytes)).toString()
    if (consent.measurement && answer.endsWith(NO_TOKEN))
      throw new Error('An exposure can be written neither to the database nor to the disk. Run the same command again to go on.')
    return { kind: 'dealt', answer, isMeasured: consent.measurement }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { slug, message } = error
    return { kind: 'refused', because: slug === 'request-id-reused' ? 'the unit was dealt to in this batch with another line' : message }
  }
}

/** As many as fit into one flush, or into the bulkhead of a remote strategy that may be asked. */
function atATime(world: SlateWorld, surface: string): number {
  const snapshot = world.snapshot()
  const state = snapshot?.surfaces.get(surface)
  if (!snapshot || !state) throw new Error(`There is no surface "${surface}".`)
  const arms = state.experiments.flatMap(({ experiment }) => experiment.arms.map(({ policy }) => policy))
  const places = [state.surface.policy, ...arms].flatMap((policy) => snapshot.rankers.get(policy)?.remote?.concurrency ?? [])
  return Math.min(AT_A_TIME, ...places)
}
