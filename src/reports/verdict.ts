/**
 * The verdict: what the report says to somebody who has to decide, in two to five plain sentences.
 *
 * In this order: may the numbers be trusted, is there anything, is the planned sample reached, and only then who is better on the
 * primary metric. The statuses are corrected already, since the best of many looks good by chance.
 */
import { decisionSentences, harmSentences } from './harm-sentences.ts'
import { countOf, countWords, nounOf, pWords } from './number-words.ts'
import type { Comparison, MetricReport, Report, Verdict } from './report-shape.ts'
import { decidingP } from './trust.ts'
import { besides, caution, compared, moneySentence, namesOf, quoted } from './verdict-sentences.ts'

export type Facts = Omit<Report, 'format' | 'verdict' | 'notes'>

/** Nobody waits longer, and no pace holds so long. */
const DAYS_MOST = 365

export function verdictOf(facts: Facts): Verdict {
  if (facts.trust.blockedBy) return blocked(facts)
  if (facts.plan.arms.every((arm) => arm.have === 0)) return noData(facts)
  if (!facts.plan.reached) return notYet(facts)
  const primary = facts.metrics.find((metric) => metric.primary)!
  const known = primary.comparisons.filter((comparison) => comparison.status !== 'unknown')
  if (known.length === 0) return nothingKnown(facts, primary)
  const better = known.filter(({ status }) => status === 'better')
  if (better.length > 0) return winner(facts, primary, better)
  const worse = known.filter(({ status }) => status === 'worse')
  return worse.length === primary.comparisons.length ? loser(facts, primary, worse) : noDifference(facts, primary, { known, worse })
}

function blocked(facts: Facts): Verdict {
  const { trust, integrity, experiment } = facts
  if (trust.blockedBy === 'exposures-do-not-add-up')
    return {
      kind: 'do not trust',
      sentences: [
        `Do not trust these numbers: the arms' counters add up to ${countWords(integrity.exposures)} exposures, but the log has ${countWords(integrity.recount)}, or they differ within an arm.`,
        'Run “croupier verify” and mend the difference first; until then no comparison below says anything.',
      ],
    }
  const odd = facts.bandit?.strata.find((each) => each.kind === 'tested' && each.alarm)
  if (odd?.kind === 'tested')
    return {
      kind: 'do not trust',
      sentences: [
        `Do not trust these numbers: in the stratum “${odd.stratum}” the arms were not drawn as the logged propensities say; chance alone does that with p = ${pWords(odd.log10PValue)}.`,
        'Scores divide by those propensities. Find out which exposures are missing or wrong; until then no comparison below says anything.',
      ],
    }
  const ratio = trust.sampleRatio
  if (ratio.kind !== 'tested') throw new Error('a sample ratio mismatch comes from a test')
  const gap = (arm: (typeof ratio.arms)[number]): number => (arm.units - arm.expected) ** 2 / arm.expected
  const worst = ratio.arms.reduce((a, b) => (gap(b) > gap(a) ? b : a))
  return {
    kind: 'do not trust',
    arm: worst.arm,
    sentences: [
      `Sample ratio mismatch: do not trust these numbers. Arm ${quoted(worst.arm)} has ${countOf(worst.units, experiment.unit)} where ${countWords(Math.round(worst.expected))} were due; chance alone does that with p = ${pWords(decidingP(ratio))}.`,
      `Something adds or loses ${experiment.unit}s in one arm, so the arms are not the same kind of crowd. Find the cause, mend it and start again; no comparison below says anything.`,
    ],
  }
}

function noData({ experiment }: Facts): Verdict {
  return { kind: 'no data', sentences: [`No ${experiment.unit} has been seen in this epoch yet, so there is nothing to say.`] }
}

function notYet(facts: Facts): Verdict {
  const { plan, experiment, epoch } = facts
  const { together } = plan
  const last = plan.arms.reduce((a, b) => (b.have < a.have ? b : a))
  const missing = last.need - last.have
  const ended = epoch.endedAt !== null || experiment.status === 'stopped' || experiment.status === 'archived'
  const days = plan.daysLeft !== undefined && plan.daysLeft > DAYS_MOST ? 'more than a year' : `about ${countOf(plan.daysLeft ?? 0, 'day')}`
  const pace = plan.daysLeft === undefined ? '' : `, ${days} at the pace of the last week`
  return {
    kind: 'not yet',
    arm: last.arm,
    sentences: [
      ...harmSentences(facts, ended),
      ended
        ? together
          ? `It ended before its plan: all arms together have ${countWords(together.have)} of ${countOf(together.need, experiment.unit)}.`
          : `It ended before its plan: arm ${quoted(last.arm)} has ${countWords(last.have)} of ${countOf(last.need, experiment.unit)}.`
        : together
          ? `Not yet: all arms together have ${countWords(together.have)} of ${countOf(together.need, experiment.unit)}${pace}.`
          : `Not yet: arm ${quoted(last.arm)} has ${countWords(last.have)} of ${countOf(last.need, experiment.unit)} and needs ${countWords(missing)} more ${nounOf(missing, experiment.unit)}${pace}.`,
      ended
        ? 'The numbers below are estimates from too small a sample; they support no decision.'
        : 'Whoever stops at the first good look finds winners that are none, so until then stop for harm only. The intervals below hold at every look.',
      ...caution(facts),
    ],
  }
}

function nothingKnown(facts: Facts, primary: MetricReport): Verdict {
  return {
    kind: 'unknown',
    sentences: [
      `The planned sample is reached, but nothing can be said on ${quoted(primary.key)}: ${compared(facts, primary, primary.comparisons[0]!)}.`,
      ...caution(facts),
    ],
  }
}

/** Of several winners the one that moves the metric furthest is named, and the others after it. */
function winner(facts: Facts, primary: MetricReport, better: readonly Comparison[]): Verdict {
  const best = bestOf(better, primary)
  const others = better.filter((comparison) => comparison !== best).map(({ arm }) => arm)
  return {
    kind: 'better',
    arm: best.arm,
    sentences: [
      `${quoted(best.arm)} is better than ${quoted(best.control)} on ${quoted(primary.key)}: ${compared(facts, primary, best)}.`,
      ...decisionSentences(facts),
      ...(others.length > 0 ? [`Better than the control, too: ${namesOf(others)}.`] : []),
      ...besides(facts, best.arm),
      ...moneySentence(facts, best.arm),
      ...caution(facts),
    ],
  }
}

function loser(facts: Facts, primary: MetricReport, worse: readonly Comparison[]): Verdict {
  const first = worse[0]!
  const alone = worse.length === 1
  return {
    kind: 'worse',
    ...(alone ? { arm: first.arm } : {}),
    sentences: [
      `Keep ${quoted(first.control)}: ${alone ? `${quoted(first.arm)} is` : `all ${countWords(worse.length)} other arms are`} worse on ${quoted(primary.key)}${alone ? `: ${compared(facts, primary, first)}` : ''}.`,
      ...decisionSentences(facts),
      ...(alone ? [...besides(facts, first.arm), ...moneySentence(facts, first.arm)] : []),
      ...caution(facts),
    ],
  }
}

function noDifference(
  facts: Facts,
  primary: MetricReport,
  { known, worse }: { readonly known: readonly Comparison[]; readonly worse: readonly Comparison[] },
): Verdict {
  const [first] = known
  const alone = primary.comparisons.length === 1
  const byChance = known.filter(({ byItself }) => byItself !== undefined)
  return {
    kind: 'no difference shown',
    ...(alone ? { arm: first!.arm } : {}),
    sentences: [
      `No difference shown on ${quoted(primary.key)}${alone ? ` between ${quoted(first!.arm)} and ${quoted(first!.control)}: ${compared(facts, primary, first!)}` : ': no arm is shown better than the control'}.`,
      ...decisionSentences(facts),
      'That is no proof that they are equal: whatever lies inside the interval is still possible.',
      ...(byChance.length > 0
        ? [
            `By ${byChance.length === 1 ? 'itself' : 'themselves'} ${namesOf(byChance.map(({ arm }) => arm))} ${byChance.length === 1 ? 'looks' : 'look'} different, but among ${countWords(known.length)} comparisons chance does that too often.`,
          ]
        : []),
      ...(worse.length > 0 ? [`Worse than the control: ${namesOf(worse.map(({ arm }) => arm))}.`] : []),
      ...(alone ? [...besides(facts, first!.arm), ...moneySentence(facts, first!.arm)] : []),
      ...caution(facts),
    ],
  }
}

/** The one that moves the metric furthest in the good direction. */
function bestOf(better: readonly Comparison[], { direction }: MetricReport): Comparison {
  const gain = ({ difference }: Comparison): number =>
    difference.kind === 'estimate' ? difference.value * (direction === 'increase' ? 1 : -1) : Number.NEGATIVE_INFINITY
  return better.reduce((a, b) => (gain(b) > gain(a) ? b : a))
}
