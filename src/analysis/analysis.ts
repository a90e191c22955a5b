/**
 * The analysis of a file of an A/B test, row by row.
 *
 *     rows ─▶ (units) ─▶ moments by metric, arm, segment ─▶ answer
 *
 * With one row a unit nothing is kept but moments. Where rows are summed by unit, units are kept in memory up to a bound and on disk
 * beyond it; where a cap is asked for, unit totals go to disk and are read twice.
 */
import { isUnknown } from '../stats/estimate.ts'
import { sampleRatio } from '../stats/sample-ratio.ts'
import type { Answer, SampleRatioAnswer } from './answer-shape.ts'
import { openFaults } from './faults.ts'
import { highQuantile } from './high-quantile.ts'
import { type Layout, layoutOf } from './layout.ts'
import { type MetricCells, openMetricCells } from './metric-cells.ts'
import { notesOf } from './notes.ts'
import type { Question } from './question.ts'
import { resultsOf } from './results.ts'
import { openRowReader, type UnitRecord } from './row-reader.ts'
import { openUnitStore, type UnitStore } from './unit-store.ts'
import { openUnitTable } from './unit-table.ts'

/** Above this share of units in two arms the assignment is broken. */
const TWO_ARMS_MAX = 0.001

export interface Analysis {
  row(cells: readonly string[], line: number): void
  /** A line that could not be cut into cells. */
  broken(reason: string, line: number): void
  /** The answer; throws a sentence when the question does not fit the file. */
  finish(): Answer
  close(): void
}

export interface AnalysisOptions {
  /** Cells are not separated by commas, so that 12,5 may be a number. */
  readonly commaAllowed?: boolean
  readonly unitsInMemoryMax?: number
}

/** Opens an analysis for files with this header. Throws a sentence for columns that are not there. */
export function openAnalysis(question: Question, header: readonly string[], options: AnalysisOptions = {}): Analysis {
  const layout = layoutOf(question, header)
  const faults = openFaults()
  const reader = openRowReader(layout, { faults, commaAllowed: options.commaAllowed ?? false })
  for (const arm of question.weights?.keys() ?? []) reader.arms.placeOf(arm)
  const table = layout.unit === null ? null : openUnitTable(layout.quantities, options.unitsInMemoryMax)
  const store = question.cap === undefined ? null : openUnitStore(layout.quantities.length)
  const plain = layout.metrics.map((metric) => openMetricCells(metric, { covariate: layout.covariate }))
  const unitsOf: number[] = []

  function unit(record: UnitRecord): void {
    unitsOf[record.arm] = (unitsOf[record.arm] ?? 0) + 1
    for (const cells of plain) cells.add(record)
    store?.add(record)
  }

  return {
    row(cells, line) {
      const name = reader.read(cells, line)
      if (name === null) return
      if (table) table.add(name, reader.record)
      else unit(reader.record)
    },
    broken: (reason, line) => faults.add(`rows refused: ${reason}`, line),
    finish() {
      const inTwo = table?.drain(unit) ?? 0
      const arms = reader.arms.list
      checkArms(question, arms)
      const units = arms.map((_, arm) => unitsOf[arm] ?? 0)
      const caps = store ? capsOf(question, layout, { store, plain, arms }) : new Map<string, number>()
      const capped =
        store &&
        layout.metrics.map((metric, i) => cappedCells(metric, { cap: caps.get(metric.asked.name), layout, store, plain: plain[i]! }))
      const metrics = layout.metrics.map(({ asked }, i) => {
        const cells = capped?.[i] ?? plain[i]!
        return cells === plain[i] ? { asked, cells } : { asked, cells, uncapped: plain[i]! }
      })
      const ratio = sampleRatioOf(question, arms, units)
      const order = orderOf(question.control, arms)
      const total = units.reduce((sum, n) => sum + n, 0) + inTwo
      const share = total === 0 ? 0 : inTwo / total
      const answer: Omit<Answer, 'notes'> = {
        format: 'croupier-analysis/1',
        ...{ method: question.method, level: question.level, control: question.control },
        arms: order.map((arm) => ({ arm: arms[arm]!, units: units[arm]! })),
        sampleRatio: { ...ratio, expected: order.map((arm) => ratio.expected[arm]!) },
        twoArms: { units: inTwo, share, alarm: share > TWO_ARMS_MAX },
        results: resultsOf({ question, metrics, arms, order, segments: reader.segments.list, mismatch: ratio.alarm }),
        faults: faults.list(),
      }
      return { ...answer, notes: notesOf({ question, metrics, arms, caps, answer }) }
    },
    close() {
      table?.close()
      store?.close()
    },
  }
}

function checkArms({ arm, control, weights }: Question, arms: readonly string[]): void {
  const seen = arms.length > 0 ? `The arms are: ${arms.slice(0, 20).join(', ')}.` : 'No row could be read.'
  if (!arms.includes(control)) throw new Error(`No row has "${control}" in column "${arm}" (--control). ${seen}`)
  if (arms.length < 2) throw new Error(`All rows are of one arm, "${control}": there is nothing to compare it with.`)
  const missing = weights && arms.find((name) => !weights.has(name))
  if (missing !== undefined) throw new Error(`--weights says nothing about the arm "${missing}". ${seen}`)
}

function sampleRatioOf({ weights }: Question, arms: readonly string[], counts: readonly number[]): SampleRatioAnswer {
  const planned = arms.map((arm) => weights?.get(arm) ?? 1)
  const total = planned.reduce((sum, weight) => sum + weight, 0)
  const units = counts.reduce((sum, n) => sum + n, 0)
  const tested = sampleRatio({ counts, weights: planned })
  if (isUnknown(tested))
    return {
      pValue: null,
      log10PValue: null,
      alarm: false,
      because: tested.because,
      expected: planned.map((weight) => (units * weight) / total),
    }
  return { pValue: tested.pValue, log10PValue: tested.log10PValue, alarm: tested.mismatch, expected: tested.expected }
}

/** The control first, then by name. */
function orderOf(control: string, arms: readonly string[]): readonly number[] {
  const key = (arm: number): string => (arms[arm] === control ? '' : arms[arm]!)
  return arms.map((_, arm) => arm).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

interface Stored {
  readonly store: UnitStore
  readonly plain: readonly MetricCells[]
  readonly arms: readonly string[]
}

/** The cap of every mean: a quantile of the totals of all units together. */
function capsOf({ cap }: Question, { metrics }: Layout, { store, plain, arms }: Stored): Map<string, number> {
  const caps = new Map<string, number>()
  for (const [i, { asked, at }] of metrics.entries()) {
    const count = arms.reduce((sum, _, arm) => sum + plain[i]!.shapeOf(arm).n, 0)
    if (asked.kind === 'mean' && count > 0) caps.set(asked.name, highQuantile(totals(store, at[0]!), { count, share: cap! }))
  }
  return caps
}

function* totals(store: UnitStore, at: number): Iterable<number> {
  for (const { values } of store.records()) if (!Number.isNaN(values[at])) yield values[at]!
}

function cappedCells(
  metric: Layout['metrics'][number],
  {
    cap,
    layout,
    store,
    plain,
  }: { readonly cap: number | undefined; readonly layout: Layout; readonly store: UnitStore; readonly plain: MetricCells },
): MetricCells {
  if (cap === undefined) return plain
  const cells = openMetricCells(metric, { covariate: layout.covariate, cap })
  for (const record of store.records()) cells.add(record)
  return cells
}
