/** What operators and programs ask about the service itself. */
import { z } from 'zod'
import { PROBLEM_SLUGS } from '../problems.ts'
import { type Route, route, TEXT_TYPE } from '../route.ts'

const shared = { method: 'get', load: null } as const
const ofOperation = { ...shared, tag: 'Operation' } as const
const open = { ...shared, tag: 'Documentation', scopes: [] as const } as const

const checkSchema = z.object({ name: z.string(), ok: z.boolean(), because: z.string().optional() }).meta({ id: 'Check' })

export const live = route({
  ...ofOperation,
  id: 'live',
  path: '/livez',
  scopes: [],
  summary: 'Whether the process runs',
  description: 'Restart the process when this does not answer.',
  answers: { 200: { description: 'It does.', schema: z.object({ status: z.literal('live') }) } },
  problems: [],
})

export const ready = route({
  ...ofOperation,
  id: 'ready',
  path: '/readyz',
  scopes: [],
  summary: 'Whether everything works, and what does not',
  description:
    'With `for=slates` only what a slate needs is asked: slates go on without the database, so a balancer that uses it keeps the node.',
  query: z.strictObject({ for: z.enum(['everything', 'slates']).default('everything') }),
  answers: { 200: { description: 'Everything works.', schema: z.object({ status: z.literal('ready'), checks: z.array(checkSchema) }) } },
  problems: ['not-ready'],
})

export const readMetrics = route({
  ...ofOperation,
  id: 'readMetrics',
  path: '/metrics',
  scopes: ['ops'],
  summary: 'Counters for Prometheus',
  answers: { 200: { description: 'Prometheus’ text format.', types: ['text/plain; version=0.0.4; charset=utf-8'] } },
  problems: [],
})

export const readOpenApi = route({
  ...open,
  id: 'readOpenApi',
  path: '/openapi.json',
  summary: 'This contract, for programs',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
  problems: [],
})

export const readDocs = route({
  ...open,
  id: 'readDocs',
  path: '/docs',
  summary: 'This contract, for people',
  answers: { 200: { description: 'A page.', types: ['text/html; charset=utf-8'] } },
  problems: [],
})

export const readProblem = route({
  ...open,
  id: 'readProblem',
  path: '/problems/{slug}',
  summary: 'What a problem means and what to do about it',
  params: z.strictObject({ slug: z.enum(PROBLEM_SLUGS as [(typeof PROBLEM_SLUGS)[number], ...(typeof PROBLEM_SLUGS)[number][]]) }),
  answers: { 200: { description: 'A page of plain text.', types: [TEXT_TYPE] } },
  problems: ['not-found'],
})

export const operationRoutes = [live, ready, readMetrics, readOpenApi, readDocs, readProblem] as readonly Route[]
