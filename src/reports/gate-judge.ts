/**
 * The gate's judgement: what is to be done to the arms of a running bandit, from the scores of its decisions so far.
 *
 *     mask      V_a − (1−δ)·V_0 of a guardrail shown below 0       arms × guardrails share α         (less is better: (1+δ)·V_0 − V_a)
 *     retire    reward of the arm − the control's shown below 0     arms share α
 *     promote   reward of the arm − every other's shown above 0     each at the level that arms share: all have to be shown (if wanted)
 *     stop      no treatment is left; or what the bandit itself chose harms: its reward − (1−ε)·the control's shown below 0, or a
 *               guardrail beyond its margin (they share α)
 *
 * Every kind of action by itself is wrong in at most α of experiments, at any number of looks. Against the control, not the leader: that
 * would be chosen by the data. Harm is judged in the bandit stratum and beyond the floor ε, because evidence was agreed to have that price;
 * not at a look that takes an arm out, and then from the next day on, for what was brought with that arm says nothing about what is brought
 * without it. Scores compare arms at equal ages, since every decision is drawn over all of them, so what is still to come is missing in all
 * alike. Pure: the same scores, the same findings.
 */
import { controlOf } from '../experiments/experiment.ts'
import { isUnknown } from '../stats/estimate.ts'
import { type Asked, ask, type GateSource, type GateTest, guardsOf, rewardOf, shownWorse } from './gate-question.ts'

export type GateEvidence =
  | { readonly kind: 'tests'; readonly tests: readonly GateTest[] }
  | { readonly kind: 'no-treatment-left'; readonly arms: readonly string[] }

export interface Finding {
  readonly kind: 'retire' | 'mask' | 'promote' | 'stop'
  readonly armId: number | null
  readonly evidence: GateEvidence
}

export function judgeGate(source: GateSource): readonly Finding[] {
  const { settings, armIds, gates } = source
  const control = controlOf(settings.arms)
  const guards = guardsOf(source)
  const reward = rewardOf(source)
  const treatments = settings.arms.map((_, arm) => arm).filter((arm) => arm !== control)
  const has = (list: readonly number[] | undefined, arm: number) => list?.includes(armIds[arm]!) ?? false
  const open = treatments.filter((arm) => !has(gates?.masked, arm))
  const masks = open.flatMap((arm) =>
    finding(source, 'mask', arm, worse(source, { asked: guards, arm, against: control }, treatments.length * guards.length)),
  )
  const retires = open
    .filter((arm) => !has(gates?.retired, arm))
    .flatMap((arm) => finding(source, 'retire', arm, worse(source, { asked: [reward], arm, against: control }, treatments.length)))
  const gone = new Set([...masks, ...retires].map(({ armId }) => armId))
  const isOut = (arm: number) => has(gates?.masked, arm) || has(gates?.retired, arm) || gone.has(armIds[arm]!)
  const left = settings.arms.map((_, arm) => arm).filter((arm) => !isOut(arm))
  const promotes = source.promote && (gates?.promoted ?? null) === null && left.length > 1 ? leaderOf(source, reward, left) : []
  if (treatments.every(isOut)) {
    const arms = treatments.map((arm) => settings.arms[arm]!.key)
    return [...masks, ...retires, { kind: 'stop', armId: null, evidence: { kind: 'no-treatment-left', arms } }]
  }
  const priced = { ...reward, keep: 1 - source.allocation.floor, margin: source.allocation.floor }
  const harm = gone.size > 0 ? [] : worse(source, { asked: [priced, ...guards], arm: null, against: control }, 1 + guards.length)
  return [...masks, ...retires, ...promotes, ...finding(source, 'stop', null, harm)]
}

function finding({ armIds }: GateSource, kind: Finding['kind'], arm: number | null, tests: readonly GateTest[]): readonly Finding[] {
  return tests.length === 0 ? [] : [{ kind, armId: arm === null ? null : armIds[arm]!, evidence: { kind: 'tests', tests } }]
}

/** The tests that show it. */
function worse(
  source: GateSource,
  { asked, arm, against }: { readonly asked: readonly Asked[]; readonly arm: number | null; readonly against: number },
  comparisons: number,
): readonly GateTest[] {
  return asked.flatMap((one) => shownWorse(source, { ...one, arm, against }, comparisons) ?? [])
}

/** The arm that is shown better than all others that are left; nobody, or one. */
function leaderOf(source: GateSource, reward: Asked, left: readonly number[]): readonly Finding[] {
  return left.flatMap((arm) => {
    const tests: GateTest[] = []
    for (const against of left) {
      if (against === arm) continue
      const test = ask(source, { ...reward, arm, against, side: 'above' }, source.settings.arms.length)
      if (isUnknown(test) || test.direction !== 'above') return []
      tests.push(test)
    }
    return finding(source, 'promote', arm, tests)
  })
}
