/**
 * Classes of maturity: outcomes that come alike late share a delay curve, and with it how much a decision counts while it is young.
 *
 *     mean delay of a slot ─▶ class        under an hour · under a day · longer        (a slot without outcomes yet: the first)
 *     G_class(arm, span)  = Σ_bins share that comes in the bin · share of the bin that the span's decisions have lived through
 *
 * Ages are counted back from the latest moment in the log, never from a clock: replays and all nodes agree. Decisions of a span (an hour of the
 * last two days, a whole day before) are taken to be spread evenly over it. A slower class has never more arrived than a quicker one.
 */
import { type AgeSpan, delayBinsOf, shareSeen } from './delay-bins.ts'
import { arrivedOver, type DelayCounts, type DelayCurve, delayCurve, delayCurves, mergedDelays } from './delay-curve.ts'

/** Where something was learned: an hour, or a whole day; both counted from 1970. */
export interface Span {
  readonly day: number
  /** Null for the whole day. */
  readonly hour: number | null
}

/** Decisions of an arm in a span. */
export interface SpanDecisions extends Span {
  readonly arm: number
  readonly decisions: number
}

/** Those of them whose first outcome for a slot came in a bin of delay-bins. */
export interface SpanDelays extends Span {
  readonly arm: number
  readonly slot: number
  readonly bin: number
  readonly count: number
}

export interface ObservedDelays {
  /** The latest moment in the log, in milliseconds from 1970. */
  readonly untilMs: number
  /** By slot, in milliseconds. */
  readonly windowsMs: readonly number[]
  readonly delays: readonly SpanDelays[]
}

export interface DelayClasses {
  /** By slot: 0 is the quickest. */
  readonly classOf: readonly number[]
  readonly count: number
  /** G in [0, 1] by class, not increasing. */
  arrived(arm: number, span: Span): readonly number[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Mean delays at which the next class begins. */
const CLASS_FROM_MS = [HOUR_MS, DAY_MS]

/** Classes of all slots, at least one. Every span of a delay has its decisions. */
export function delayClasses(arms: number, decisions: readonly SpanDecisions[], observed: ObservedDelays): DelayClasses {
  const table = tableOf(arms, decisions, observed)
  const slots = observed.windowsMs.map((_, slot) => slot)
  const kinds = slots.map((slot) => kindOf(table, slot))
  const present = [...new Set(kinds)].sort((a, b) => a - b)
  const curves = present.map((kind) =>
    curvesOf(
      table,
      slots.filter((slot) => kinds[slot] === kind),
    ),
  )
  return {
    classOf: kinds.map((kind) => present.indexOf(kind)),
    count: Math.max(1, present.length),
    arrived(arm, span) {
      let most = 1
      const at = table.places.get(nameOf(span))!
      const shares = curves.map(({ byArm, seen }) => {
        const curve = byArm[arm]!
        most = Math.min(most, curve ? arrivedOver(curve, seen[at]!) : 1)
        return most
      })
      return shares.length > 0 ? shares : [1]
    },
  }
}

interface Table {
  readonly ages: readonly AgeSpan[]
  readonly places: ReadonlyMap<string, number>
  /** By arm, then span. */
  readonly exposures: readonly number[][]
  readonly windowsMs: readonly number[]
  /** By slot, arm, span, bin. */
  readonly converted: readonly number[][][][]
}

function tableOf(arms: number, decisions: readonly SpanDecisions[], { untilMs, windowsMs, delays }: ObservedDelays): Table {
  const spans = new Map(decisions.map(({ day, hour }) => [nameOf({ day, hour }), { day, hour }]))
  const places = new Map([...spans.keys()].map((name, place) => [name, place]))
  const zeros = () => Array.from({ length: arms }, () => new Array<number>(spans.size).fill(0))
  const exposures = zeros()
  for (const { arm, decisions: n, ...span } of decisions) exposures[arm]![places.get(nameOf(span))!]! += n
  const converted = windowsMs.map((windowMs) => zeros().map((own) => own.map(() => delayBinsOf(windowMs).map(() => 0))))
  for (const { arm, slot, bin, count, ...span } of delays) {
    const own = converted[slot]?.[arm]?.[places.get(nameOf(span)) ?? -1]
    if (own && bin < own.length) own[bin]! += count
  }
  return { ages: [...spans.values()].map((span) => agesOf(span, untilMs)), places, exposures, windowsMs, converted }
}

function agesOf({ day, hour }: Span, untilMs: number): AgeSpan {
  const from = hour === null ? day * DAY_MS : hour * HOUR_MS
  const youngest = Math.max(0, untilMs - from - (hour === null ? DAY_MS : HOUR_MS))
  return { youngest, oldest: Math.max(youngest, untilMs - from) }
}

function seenOf({ ages }: Table, windowMs: number): readonly (readonly number[])[] {
  const bins = delayBinsOf(windowMs)
  return ages.map((span) => bins.map((bin) => shareSeen(bin, span)))
}

function countsOf({ exposures, converted }: Table, slot: number, arm: number, seen: DelayCounts['seen']): DelayCounts {
  return { exposures: exposures[arm]!, converted: converted[slot]![arm]!, ...(seen && { seen }) }
}

/** Which of the classes a slot belongs to, by the mean delay of all arms. */
function kindOf(table: Table, slot: number): number {
  const windowMs = table.windowsMs[slot]!
  const bins = delayBinsOf(windowMs)
  const seen = seenOf(table, windowMs)
  const all = table.exposures.map((_, arm) => countsOf(table, slot, arm, seen)).reduce(mergedDelays)
  const curve = delayCurve(all, bins.length)
  if (curve.kind === 'unknown') return 0
  const mean = curve.arrived.reduce((sum, share, j) => {
    const { from, to } = bins[j]!
    return sum + ((share - (j === 0 ? 0 : curve.arrived[j - 1]!)) * (from + to)) / 2
  }, 0)
  return CLASS_FROM_MS.filter((from) => mean >= from).length
}

interface ClassCurves {
  readonly byArm: readonly (DelayCurve | null)[]
  readonly seen: readonly (readonly number[])[]
}

/** Curves of all slots of a class together, over the longest window among them. */
function curvesOf(table: Table, slots: readonly number[]): ClassCurves {
  const windowMs = Math.max(...slots.map((slot) => table.windowsMs[slot]!))
  const seen = seenOf(table, windowMs)
  const byArm = table.exposures.map((_, arm) => slots.map((slot) => countsOf(table, slot, arm, seen)).reduce(mergedDelays))
  const curves = delayCurves(byArm, delayBinsOf(windowMs).length)
  return { byArm: curves.map((curve) => (curve.kind === 'unknown' ? null : curve)), seen }
}

function nameOf({ day, hour }: Span): string {
  return hour === null ? `${day}` : `${day} ${hour}`
}
