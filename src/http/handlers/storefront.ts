/** The storefront's two sentences: their handlers only pass on what was checked. */
import { consentOf } from '../consent.ts'
import { type Bound, bind, json } from '../handler.ts'
import { answerOutcomes } from '../outcomes.ts'
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
    bind(tellOutcomes, async ({ body }) => json(200, { results: await answerOutcomes(world, body.outcomes) })),
  ]
}
