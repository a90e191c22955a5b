/** The storefront's two sentences: their handlers only pass on what was checked. */
import { consentOf } from '../consent.ts'
import { type Answer, type Bound, bind, json } from '../handler.ts'
import { answerOutcomes, type OutcomeResult } from '../outcomes.ts'
import { PROBLEM_SLUGS, Problem, problemType } from '../problems.ts'
import { JSON_TYPE } from '../route.ts'
import { decideSlate, tellOutcomes } from '../routes/storefront.ts'
import { answerSlate } from '../slates.ts'
import type { World } from '../world.ts'

export function storefrontHandlers(world: World): readonly Bound[] {
  return [
    bind(decideSlate, async ({ request, body, bytes }) => ({
      status: 200,
      type: JSON_TYPE,
      body: await answerSlate(world, body, consentOf(body.consent, request.headers), bytes),
    })),
    bind(tellOutcomes, async ({ body }) => told(await answerOutcomes(world, body.outcomes))),
  ]
}

/** A batch of which nothing was taken is a problem as a whole: that of its items, when they have the same one. */
function told(results: readonly OutcomeResult[]): Answer {
  const refusals = results.flatMap(({ problem }) => problem ?? [])
  if (refusals.length < results.length) return json(200, { results })
  const types = new Set(refusals.map(({ type }) => type))
  const slug = PROBLEM_SLUGS.find((one) => types.size === 1 && types.has(problemType(one))) ?? 'invalid'
  const { pointer, detail } = refusals[0]!
  throw new Problem(slug, {
    detail,
    pointer,
    errors: refusals.map((one) => ({ pointer: one.pointer, detail: one.detail })),
    extra: { results },
  })
}
