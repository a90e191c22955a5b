/**
 * The gate's judgement: what is to be done to the arms of a running bandit, from the scores of its decisions so far.
 *
 *     mask      V_a − (1−δ)·V_0 of a guardrail shown below 0       arms × guardrails share α         (less is better: (1+δ)·V_0 − V_a)
 *     retire    reward of the arm − the control's shown below 0     arms share α
 *     promote   reward of the arm − every other's shown above 0     each at the level that arms share: all have to be shown (if wanted)
 *     stop      what the bandit really brought − the control's shown below 0, by reward or a guardrail's margin (they share α);
 *               or no treatment is left
 *
 * Every kind of action by itself is wrong in at most α of experiments, at any number of looks. Against the control, not the leader: that
 * would be chosen by the data. Scores compare arms at equal ages, since every decision is drawn over all of them, so what is still to come
 * is missing in all alike. Pure: the same scores, the same findings.
 */
import { controlOf } from '../experiments/experiment.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { type Asked, ask, type GateSource, type GateTest, guardsOf } from './gate-question.ts'

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
  const is = (list: readonly number[] | undefined, arm: number) => list?.includes(armIds[arm]!) ?? false
  const treatments = settings.arms.map((_, arm) => arm).filter((arm) => arm !== control)
  const finding = (kind: Finding['kind'], arm: number, tests: readonly GateTest[]): Finding[] =>
    tests.length === 0 ? [] : [{ kind, armId: armIds[arm]!, evidence: { kind: 'tests', tests } }]
  const open = treatments.filter((arm) => !is(gates?.masked, arm))
  const masks = open.flatMap((arm) =>
    finding('mask', arm, below(guards.map((guard) => ask(source, { ...guard, arm, against: control }, treatments.length * guards.length)))),
  )
  const reward: Asked = { of: 'reward', slots: source.weights, keep: 1 }
  const retires = open
    .filter((arm) => !is(gates?.retired, arm))
    .flatMap((arm) => finding('retire', arm, below([ask(source, { ...reward, arm, against: control }, treatments.length)])))
  const out = (arm: number) =>
    is(gates?.masked, arm) || is(gates?.retired, arm) || [...masks, ...retires].some(({ armId }) => armId === armIds[arm])
  const left = settings.arms.map((_, arm) => arm).filter((arm) => !out(arm))
  const promotes = source.promote && (gates?.promoted ?? null) === null && left.length > 1 ? leaderOf(source, reward, left, finding) : []
  const harm = below([reward, ...guards].map((one) => ask(source, { ...one, arm: null, against: control }, 1 + guards.length)))
  const stop: Finding[] =
    harm.length > 0
      ? [{ kind: 'stop', armId: null, evidence: { kind: 'tests', tests: harm } }]
      : treatments.every(out)
        ? [{ kind: 'stop', armId: null, evidence: { kind: 'no-treatment-left', arms: treatments.map((arm) => settings.arms[arm]!.key) } }]
        : []
  return [...masks, ...retires, ...promotes, ...stop]
}

function below(tests: readonly (GateTest | Unknown)[]): readonly GateTest[] {
  return tests.filter((test): test is GateTest => !isUnknown(test) && test.direction === 'below')
}

/** The arm that is shown better than all others that are left; nobody, or one. */
function leaderOf(
  source: GateSource,
  reward: Asked,
  left: readonly number[],
  finding: (kind: 'promote', arm: number, tests: readonly GateTest[]) => readonly Finding[],
): readonly Finding[] {
  return left.flatMap((arm) => {
    const tests: GateTest[] = []
    for (const against of left) {
      if (against === arm) continue
      const test = ask(source, { ...reward, arm, against }, source.settings.arms.length)
      if (isUnknown(test) || test.direction !== 'above') return []
      tests.push(test)
    }
    return finding('promote', arm, tests)
  })
}
