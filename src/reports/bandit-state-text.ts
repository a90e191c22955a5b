/** What a bandit believes, as a page of plain text: arms with metrics and traffic, the slider between two objectives, floors, where it comes from. */
import type { BanditState, BelievedArm, BelievedValue, Slider } from './bandit-state-shape.ts'
import { countOf, shareWords, valueWords, type Wording, wordingFor } from './number-words.ts'
import { type Paint, PLAIN } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import { harmless, heading, tableOf, wrapped } from './text-table.ts'

/** Writes the page. */
export function banditStateText(state: BanditState, paint: Paint = PLAIN): string {
  const sections = [armLines(state, paint), sliderLines(state, paint), originLines(state, paint)]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function armLines(state: BanditState, paint: Paint): string[] {
  const { experiment, epoch, arms, metrics } = state
  const title = heading('BELIEFS', `${harmless(experiment)}, epoch ${epoch}`, paint)
  if (arms.every(({ reward }) => reward === null)) return [title, ...wrapped(whyNothing(state), '  ')]
  const quantities = [
    { name: 'reward', of: (arm: BelievedArm) => arm.reward, measure: { kind: 'number' } as const },
    ...metrics.map(({ metric, measure }) => ({ name: metric, of: (arm: BelievedArm) => arm.values[metric] ?? null, measure })),
  ].map((quantity) => ({ ...quantity, wording: wordingFor(quantity.measure, narrowest(arms.map(quantity.of)), 2) }))
  return [
    title,
    ...tableOf(
      [
        { title: '', align: 'left' },
        { title: 'last hour', align: 'right' },
        { title: 'last day', align: 'right' },
        ...quantities.map(({ name }) => ({ title: harmless(name), align: 'right' }) as const),
        { title: '', align: 'left' },
      ],
      arms.map((arm) => [
        harmless(arm.arm),
        ...[arm.traffic.hour, arm.traffic.day].map((share) => (share === null ? '–' : shareWords(share))),
        ...quantities.map(({ of, wording }) => cell(of(arm), wording)),
        [arm.control ? 'control' : '', arm.dominated ? 'dominated' : ''].filter((word) => word !== '').join(', '),
      ]),
    ),
  ]
}

function whyNothing({ because, decisions }: BanditState): string {
  if (decisions > 0)
    return 'What is believed cannot be told by metric: the snapshot keeps no evidence, because of centring or because an earlier release made it.'
  return `Nothing is believed yet, and every arm is drawn alike${because ? `: ${reasonWords(because)}` : ''}.`
}

function cell(value: BelievedValue | null, wording: Wording): string {
  return value ? `${valueWords(value.mean, wording)} ± ${valueWords((value.high - value.low) / 2, wording)}` : 'unknown'
}

/** As many decimals as the surest arm can tell. */
function narrowest(values: readonly (BelievedValue | null)[]): number | undefined {
  const halves = values.flatMap((value) => (value ? [(value.high - value.low) / 2] : []))
  return halves.length > 0 ? Math.min(...halves) : undefined
}

function sliderLines({ slider }: BanditState, paint: Paint): string[] {
  if (!slider) return []
  return [
    heading('SLIDER', `what 1 of ${harmless(slider.first)} is worth in ${harmless(slider.second)}`, paint),
    ...slider.steps.map((step, i) => `  ${stretch(slider, i)}  ${harmless(step.arm)}`),
  ]
}

function stretch({ steps }: Slider, i: number): string {
  const text = (worth: number | null) => (worth === null ? '∞' : String(Number(worth.toPrecision(3))))
  const next = steps[i + 1]
  return next ? `from ${text(steps[i]!.worthFrom)} to ${text(next.worthFrom)}` : `from ${text(steps[i]!.worthFrom)} on`
}

function originLines(state: BanditState, paint: Paint): string[] {
  const { snapshot, servedAt, model, decisions, memoryDays, contexts, level, slider, prices } = state
  if (snapshot === null) return []
  const said = [
    `snapshot ${snapshot}, which served until ${servedAt}, from ${countOf(decisions, 'decision')}, ${memoryDays === null ? 'all alike' : `the last ${memoryDays} days above all`}`,
    ...(model === 'beta' ? ['served by the exact posterior of a rate (model beta), whatever the request'] : []),
    ...(model === 'logistic' ? ['served by a line of log-odds (model logistic); metrics that are no objective by lines of their own'] : []),
    `at the average of the last ${countOf(contexts, 'request')}; ± is the ${Math.round(level * 100)} % interval of the belief, not of the uplift: that is the report's`,
    ...(slider ? ['an arm that stands at no stretch of the slider is the choice of no weighting of these two'] : []),
    ...(prices ? [`floors: ${JSON.stringify(prices)}`] : []),
  ]
  return [heading('WHERE IT COMES FROM', '', paint), ...said.flatMap((line) => wrapped(line, '  '))]
}
