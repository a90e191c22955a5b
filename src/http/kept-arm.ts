/**
 * The arm that a unit of a sticky bandit keeps: its first draw when this is the first, else the one that was first.
 *
 * The answer waits for it, so that a unit never sees an arm that another request has drawn otherwise. Whoever is unknown has no arm to
 * keep and is drawn anew each time. When nobody can say which arm it is, no experiment is touched.
 */
import { type Choice, outsideExperiments } from '../decisions/choose-arm.ts'
import { stayingChoice, stayOf } from '../decisions/stay.ts'
import type { Assignments } from '../log/assignments.ts'
import type { Situation } from './slates.ts'

export async function keptArm(assignments: Pick<Assignments, 'claim'>, situation: Situation, drawn: Choice): Promise<Choice> {
  const { request, unit, decisionId, now, state } = situation
  const { running } = drawn
  const stay = stayOf(drawn, decisionId)
  if (request.unit === undefined || !running || !stay) return drawn
  const counts = await assignments.claim({ epochId: running.epochId, unit, stay, decidedAt: now })
  if (!counts) return outsideExperiments(state.surface.policy, 'unknown')
  return Buffer.compare(counts.firstDecision, decisionId) === 0 ? drawn : stayingChoice(running, counts)
}
