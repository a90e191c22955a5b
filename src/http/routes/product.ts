/** What product owners define: surfaces, metrics, policies, experiments with their life and report. */
import { z } from 'zod'
import { experimentSchema } from '../../experiments/experiment.ts'
import { ACTIONS, type Action } from '../../experiments/lifecycle.ts'
import { metricSchema } from '../../experiments/metric.ts'
import { policySchema } from '../../policies/definition.ts'
import { surfaceSchema } from '../../policies/surface.ts'
import { type Route, route, TEXT_TYPE } from '../route.ts'
import { nounRoutes } from './nouns.ts'
import { keyParams } from './parts.ts'
import { reportSchema } from './report-schema.ts'

export const surfaceRoutes = nounRoutes({
  plural: 'surfaces',
  singular: 'surface',
  schema: surfaceSchema,
  description: 'A surface is a place that shows a slate, with its size, its own policy and what to fall back on.',
  example: { key: 'pdp-related', description: 'Beside a product.', size: 6, policy: 'content', fallback: 'popularity' },
})
export const metricRoutes = nounRoutes({
  plural: 'metrics',
  singular: 'metric',
  schema: metricSchema,
  readers: ['finance'],
  description: 'A metric is a named quantity per unit, computed from outcomes: a proportion, a mean or a ratio.',
  example: {
    key: 'revenue-eur',
    kind: 'mean',
    of: { types: ['purchase', 'return'], aggregate: 'value' },
    currency: 'EUR',
    windowHours: 336,
  },
})
export const policyRoutes = nounRoutes({
  plural: 'policies',
  singular: 'policy',
  schema: policySchema,
  description: 'A policy is a way to rank: a kind with parameters.',
  example: { key: 'what-sells-today', kind: 'popularity-decay', parameters: { halfLifeHours: 24 } },
})
export const experimentRoutes = nounRoutes({
  plural: 'experiments',
  singular: 'experiment',
  schema: experimentSchema,
  readers: ['finance'],
  description:
    'An experiment is a question on a surface. A change of arms, weights, traffic, audience, metrics, guardrails or plan while it runs opens a new epoch; ' +
    'epochs are never mixed in a report. With `thompson` allocation shares are learned; objectives and their weights, mode, scale, memory and ' +
    'window count from the next request on, in the same epoch.',
  example: {
    key: 'home-policy',
    hypothesis: 'What suits a shopper sells more than what sells anyway.',
    surface: 'home',
    arms: [
      { key: 'popular', policy: 'popularity', control: true },
      { key: 'personal', policy: 'hybrid' },
    ],
    metrics: ['conversion', 'net-revenue'],
    guardrails: [{ metric: 'net-revenue', margin: 0.02 }],
    plan: { unitsPerArm: 5000 },
  },
})

const MEANING: Readonly<Record<Action, string>> = {
  start: 'Freezes the settings and begins to assign shoppers',
  pause: 'Nobody is assigned until it is resumed; the epoch goes on',
  resume: 'Goes on where it was paused',
  stop: 'Ends it for good',
  archive: 'Puts it out of sight',
}

function lifeRoute(action: Action): Route<typeof keyParams> {
  return route({
    id: `${action}Experiment`,
    tag: 'Experiments',
    method: 'post',
    path: `/v1/experiments/{key}/${action}`,
    scopes: ['product'],
    load: 'crud',
    summary: MEANING[action],
    description: 'draft → running ⇄ paused → stopped → archived. The body is ignored; If-Match is heeded when it is sent.',
    params: keyParams,
    answers: { 200: { description: 'The experiment.', schema: experimentSchema, headers: ['ETag'] } },
    problems: ['not-found', 'wrong-status', 'unknown-reference', 'changed-meanwhile'],
  })
}

export const lifeRoutes = Object.fromEntries(ACTIONS.map((action) => [action, lifeRoute(action)])) as Readonly<
  Record<Action, Route<typeof keyParams>>
>

export const REPORT_FORMATS = ['json', 'csv', 'text'] as const

export const readReport = route({
  id: 'readReport',
  tag: 'Experiments',
  method: 'get',
  path: '/v1/experiments/{key}/report',
  scopes: ['product', 'finance'],
  load: 'report',
  summary: 'What the experiment was worth',
  description: 'In JSON, as CSV or as a page of plain text, by Accept or `format`. Of the latest epoch, or the one named.',
  params: keyParams,
  query: z.strictObject({
    format: z.enum(REPORT_FORMATS).optional().meta({ description: 'Goes before Accept.' }),
    epoch: z.coerce.number().int().min(1).max(1_000_000).optional().meta({ description: 'Number of an epoch; the latest otherwise.' }),
  }),
  answers: { 200: { description: 'The report.', schema: reportSchema, types: ['text/csv; charset=utf-8', TEXT_TYPE] } },
  problems: ['not-found', 'not-acceptable', 'wrong-status'],
})

export const productRoutes = [
  ...Object.values(surfaceRoutes),
  ...Object.values(metricRoutes),
  ...Object.values(policyRoutes),
  ...Object.values(experimentRoutes),
  ...Object.values(lifeRoutes),
  readReport,
] as readonly Route[]
