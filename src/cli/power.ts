/**
 * croupier power: how many units a test needs, what a sample can show, and how many days it takes.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { effectsByWeek, planOf } from '../analysis/power-plan.ts'
import type { MetricPlan, PowerQuestion, TestPlan } from '../analysis/power-question.ts'
import { planText } from '../analysis/power-text.ts'
import { type Arrivals, unitsAfter } from '../stats/power-duration.ts'
import { clusterFactor, covariateFactor } from '../stats/power-variance.ts'
import { paintFor } from './paint-for.ts'

export interface PowerContext {
  /** Where the plan goes; standard output when left out. */
  readonly out?: NodeJS.WritableStream
}

interface Options {
  readonly metric: MetricPlan['kind']
  readonly baseline: number
  readonly sd?: number
  readonly numeratorSd?: number
  readonly denominatorSd?: number
  readonly denominatorMean?: number
  readonly partsCorrelation?: number
  readonly quantile?: number
  readonly density?: number
  readonly lift?: number
  readonly effect?: number
  readonly units?: number
  readonly power: number
  readonly level: number
  readonly oneSided?: true
  readonly treatments: number
  readonly controlShare?: number
  readonly correction: 'bonferroni' | 'dunnett'
  readonly covariateCorrelation?: number
  readonly clusterSize?: number
  readonly clusterVariation?: number
  readonly clusterCorrelation?: number
  readonly design: TestPlan['kind']
  readonly looks: number
  readonly spending: 'obrien-fleming' | 'pocock'
  readonly margin?: number
  readonly absoluteMargin?: number
  readonly guardrails: number
  readonly unitsPerDay?: number
  readonly arrivals?: readonly number[]
  readonly json?: true
}

const WEEKS = 8

/** Adds the command to the program. */
export function registerPower(program: Command, context: PowerContext = {}): void {
  const number = (flags: string, description: string, reader: (text: string) => number): Option =>
    new Option(flags, description).argParser(reader)
  program
    .command('power')
    .description('sample size, smallest detectable effect and duration of a test')
    .addOption(new Option('--metric <kind>', 'kind of metric').choices(['proportion', 'mean', 'ratio', 'quantile']).default('proportion'))
    .addOption(number('--baseline <value>', 'rate, mean or ratio of the control', finite).makeOptionMandatory())
    .addOption(number('--sd <value>', 'mean, ratio: standard deviation of a unit (of m − r·d over the mean of d)', positive))
    .addOption(number('--numerator-sd <value>', 'ratio: of its parts instead', positive))
    .addOption(number('--denominator-sd <value>', 'ratio', positive))
    .addOption(number('--denominator-mean <value>', 'ratio', positive))
    .addOption(number('--parts-correlation <value>', 'ratio: of numerator and denominator', correlation))
    .addOption(number('--quantile <share>', 'quantile: which one', share))
    .addOption(number('--density <value>', 'quantile: density there, per unit of the metric', positive))
    .addOption(number('--lift <share>', 'relative effect to show, 0.05 for five percent', finite).conflicts('effect'))
    .addOption(number('--effect <value>', 'absolute effect to show, in units of the metric', finite))
    .addOption(number('--units <n>', 'units of the control (of every arm, when the split is even): what can they show?', whole))
    .addOption(number('--power <share>', 'wanted power', inside(0.5, 1)).default(0.8))
    .addOption(number('--level <share>', 'confidence level', inside(0.5, 1)).default(0.95))
    .option('--one-sided', 'only an increase counts')
    .addOption(number('--treatments <n>', 'arms beside the control', whole).default(1))
    .addOption(number('--control-share <share>', 'share of all units for the control; even when left out', share))
    .addOption(new Option('--correction <name>', 'for several treatments').choices(['dunnett', 'bonferroni']).default('dunnett'))
    .addOption(number('--covariate-correlation <value>', 'of the metric with its pre-period (CUPED)', correlation))
    .addOption(number('--cluster-size <n>', 'units come in clusters: mean size', atLeastOne))
    .addOption(number('--cluster-variation <value>', 'standard deviation of the sizes over their mean', notNegative))
    .addOption(number('--cluster-correlation <value>', 'intra-cluster correlation', share))
    .addOption(new Option('--design <name>', 'how it is looked at').choices(['fixed', 'group-sequential', 'always-valid']).default('fixed'))
    .addOption(number('--looks <n>', 'sequential designs: looks on the way', whole).default(5))
    .addOption(
      new Option('--spending <name>', 'group-sequential: error spending').choices(['obrien-fleming', 'pocock']).default('obrien-fleming'),
    )
    .addOption(number('--margin <share>', 'non-inferiority: relative margin', share).conflicts('absoluteMargin'))
    .addOption(number('--absolute-margin <value>', 'non-inferiority: margin in units of the metric', positive))
    .addOption(number('--guardrails <n>', 'guardrails that all have to pass', wholeOrNone).default(0))
    .addOption(number('--units-per-day <n>', 'new units a day, for the duration', positive).conflicts('arrivals'))
    .addOption(new Option('--arrivals <list>', 'distinct units by the end of day 1, 2, …').argParser(curve))
    .option('--json', 'JSON')
    .action((options: Options) => printPlan(options, context))
}

function printPlan(options: Options, { out = process.stdout }: PowerContext): void {
  const question = questionOf(options)
  const plan = planOf(question)
  const { arrivals, margin } = question
  const weeks = arrivals && !margin ? effectsByWeek(question, (days) => unitsAfter(days, arrivals), WEEKS) : []
  out.write(
    options.json
      ? `${JSON.stringify({ format: 'croupier-power/1', ...plan, weeks }, null, 2)}\n`
      : planText({ question, plan, weeks }, paintFor(out)),
  )
}

function questionOf(options: Options): PowerQuestion {
  const { baseline, lift, effect, units, margin, absoluteMargin, treatments, controlShare } = options
  const asked = lift === undefined ? effect : lift * Math.abs(baseline)
  const marginAsked =
    margin === undefined
      ? absoluteMargin === undefined
        ? undefined
        : { kind: 'absolute' as const, size: absoluteMargin }
      : { kind: 'relative' as const, size: margin }
  if (asked === 0 && !marginAsked) throw new Error('No sample shows an effect of 0.')
  if (asked === undefined && units === undefined && !marginAsked && !arrivalsOf(options))
    throw new Error('Say what to show (--lift or --effect), or what there is (--units, --units-per-day or --arrivals).')
  const arrivals = arrivalsOf(options)
  const ratio = controlShare === undefined ? 1 : (1 - controlShare) / (treatments * controlShare)
  const controlUnits =
    units ?? (asked === undefined && !marginAsked ? Math.floor(unitsAfter(14, arrivals!) / (1 + treatments * ratio)) : undefined)
  return {
    metric: metricOf(options, asked),
    ...(asked === undefined ? {} : { effect: asked }),
    ...(controlUnits === undefined ? {} : { controlUnits }),
    ...(marginAsked ? { margin: marginAsked } : {}),
    ...(arrivals ? { arrivals } : {}),
    ...{ power: options.power, level: options.level, sides: options.oneSided ? 'greater' : 'two-sided', treatments, ratio },
    ...{ correction: options.correction, guardrails: options.guardrails, varianceFactor: factorOf(options), test: testOf(options) },
  }
}

function metricOf(options: Options, effect: number | undefined): MetricPlan {
  const { metric: kind, baseline, quantile, density } = options
  if (kind === 'proportion') {
    const rate = baseline + (effect ?? 0)
    if (!(baseline > 0 && baseline < 1 && rate > 0 && rate < 1))
      throw new Error(`Rates lie between 0 and 1, not at ${baseline} and ${rate}.`)
    return { kind, baseline }
  }
  if (kind === 'quantile') {
    if (quantile === undefined || density === undefined) throw new Error('A quantile needs --quantile and --density.')
    return { kind, baseline, share: quantile, density }
  }
  const deviation = options.sd ?? (kind === 'ratio' ? ratioDeviation(options) : undefined)
  if (deviation === undefined)
    throw new Error(
      `A ${kind} needs --sd${kind === 'ratio' ? ', or --numerator-sd, --denominator-sd, --denominator-mean and --parts-correlation' : ''}.`,
    )
  return { kind, baseline, deviation }
}

/** √(s²_m − 2r·ρ·s_m·s_d + r²·s²_d)/d̄ */
function ratioDeviation({ baseline: r, numeratorSd, denominatorSd, denominatorMean, partsCorrelation }: Options): number | undefined {
  if (numeratorSd === undefined || denominatorSd === undefined || denominatorMean === undefined || partsCorrelation === undefined)
    return undefined
  const variance = numeratorSd ** 2 - 2 * r * partsCorrelation * numeratorSd * denominatorSd + (r * denominatorSd) ** 2
  return Math.sqrt(variance) / denominatorMean
}

function factorOf({ covariateCorrelation, clusterSize, clusterVariation, clusterCorrelation }: Options): number {
  if ((clusterSize === undefined) !== (clusterCorrelation === undefined))
    throw new Error('Clusters need --cluster-size and --cluster-correlation.')
  const clusters =
    clusterSize === undefined
      ? 1
      : clusterFactor({ meanSize: clusterSize, sizeVariation: clusterVariation ?? 0, correlation: clusterCorrelation! })
  return covariateFactor(covariateCorrelation ?? 0) * clusters
}

function testOf({ design, looks, spending }: Options): TestPlan {
  switch (design) {
    case 'fixed':
      return { kind: design }
    case 'group-sequential':
      return { kind: design, looks, spending: { kind: spending } }
    case 'always-valid':
      return { kind: design, looks }
  }
}

function arrivalsOf({ unitsPerDay, arrivals }: Options): Arrivals | undefined {
  if (arrivals) return { kind: 'curve', distinctUnits: arrivals }
  return unitsPerDay === undefined ? undefined : { kind: 'steady', unitsPerDay }
}

function checked(text: string, holds: (value: number) => boolean, sentence: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || !holds(value)) throw new InvalidArgumentError(sentence)
  return value
}

const finite = (text: string): number => checked(text, () => true, 'It is a number.')
const positive = (text: string): number => checked(text, (value) => value > 0, 'It is a positive number.')
const notNegative = (text: string): number => checked(text, (value) => value >= 0, 'It is not negative.')
const atLeastOne = (text: string): number => checked(text, (value) => value >= 1, 'It is at least 1.')
const whole = (text: string): number => checked(text, (value) => Number.isSafeInteger(value) && value >= 1, 'It is a whole number from 1.')
const wholeOrNone = (text: string): number =>
  checked(text, (value) => Number.isSafeInteger(value) && value >= 0, 'It is a whole number from 0.')
const share = (text: string): number => checked(text, (value) => value > 0 && value < 1, 'It lies between 0 and 1.')
const correlation = (text: string): number => checked(text, (value) => value > -1 && value < 1, 'It lies between −1 and 1.')

function inside(low: number, high: number): (text: string) => number {
  return (text) => checked(text, (value) => value > low && value < high, `It lies between ${low} and ${high}.`)
}

function curve(text: string): readonly number[] {
  const units = text.split(',').map((part) => checked(part, (value) => value > 0, 'It is a list of numbers such as 900,1600,2200.'))
  if (units.some((value, i) => value < (units[i - 1] ?? 0))) throw new InvalidArgumentError('Distinct units do not get fewer.')
  return units
}
