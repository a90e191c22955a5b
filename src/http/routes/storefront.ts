/** What a storefront asks and tells. */
import { outcomeBatchSchema, outcomeEnvelopeSchema, outcomeResultsSchema } from '../outcome-request.ts'
import { route } from '../route.ts'
import { slateRequestSchema, slateSchema } from '../slate-request.ts'

export const decideSlate = route({
  id: 'decideSlate',
  tag: 'Storefront',
  method: 'post',
  path: '/v1/slates',
  scopes: ['storefront'],
  load: 'slate',
  summary: 'A slate for a shopper',
  description:
    'Chooses the policy, ranks, logs the exposure durably and answers. A strategy that fails is replaced: `servedPolicy` and `reason` say so. ' +
    'It works without the database, too: exposures wait on disk.',
  body: { schema: slateRequestSchema },
  answers: { 200: { description: 'The slate.', schema: slateSchema } },
  problems: ['unknown-surface', 'request-id-reused', 'starting'],
})

export const tellOutcomes = route({
  id: 'tellOutcomes',
  tag: 'Storefront',
  method: 'post',
  path: '/v1/outcomes',
  scopes: ['storefront'],
  load: 'outcome',
  summary: 'What came of the slates',
  description:
    'Up to 500 outcomes. Each is answered on its own: accepted, duplicate, queued (on disk until the database is back) or refused with a ' +
    'pointer; when all are refused the answer is that problem. The same `outcomeId` counts once for ever, so send a batch again when no answer came.',
  body: {
    schema: outcomeEnvelopeSchema,
    documented: outcomeBatchSchema,
    itemProblems: ['invalid', 'bad-token', 'too-old', 'outcome-id-reused', 'storage-full'],
  },
  answers: { 200: { description: 'One result an outcome, in their order.', schema: outcomeResultsSchema } },
  problems: [],
})

export const storefrontRoutes = [decideSlate, tellOutcomes] as const
