/**
 * The OpenAPI 3.1 document, made from the contract: the schemas that validate are the schemas that are shown.
 *
 * Every schema with an id becomes a component. Members that only the server sets are added to the nouns as read-only, because what is read
 * may be sent back as it is.
 */
import { z } from 'zod'
import { kinds } from '../policies/registry.ts'
import { PROBLEM_SLUGS, PROBLEM_TYPE, PROBLEMS, problemType } from './problems.ts'
import { JSON_TYPE, problemsOf, type Route, type RouteAnswer } from './route.ts'
import { READ_ONLY } from './routes/parts.ts'

export type Json = { readonly [name: string]: unknown }

export interface OpenApi extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json }
}

const NOUNS = ['Surface', 'Metric', 'Policy', 'Experiment']
const DESCRIPTION =
  'Croupier chooses per request which recommendation strategy serves a shopper, logs what was shown with its probability, and says what it ' +
  'was worth. Every error is a problem (RFC 9457) whose `type` is a page that explains it.'

/** The document of a contract. */
export function openApiOf(contract: readonly Route[]): OpenApi {
  const schemas = new Map<string, Json>()
  const shape = (schema: z.ZodType) => shapeOf(schema, schemas)
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of contract) {
    paths[route.path] ??= {}
    paths[route.path]![route.method] = operationOf(route, shape)
  }
  schemas.set('Problem', problemSchema())
  documentParameters(schemas)
  for (const noun of NOUNS) if (schemas.has(noun)) schemas.set(noun, withReadOnly(schemas.get(noun)!, noun))
  return {
    openapi: '3.1.1',
    info: { title: 'Croupier', version: '1', description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [...new Set(contract.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: cr_<env>_<selector>_<secret>.' } },
    },
  }
}

type Shape = (schema: z.ZodType) => Json

function operationOf(route: Route, shape: Shape): Json {
  const { id, tag, scopes, summary, description, body } = route
  const requestBody = body && {
    required: true,
    content: {
      [JSON_TYPE]: { schema: shape(body.documented ?? body.schema), ...(body.example === undefined ? {} : { example: body.example }) },
      ...Object.fromEntries(
        (body.streamed ?? []).map((type) => [type, { schema: { type: 'string', description: 'One JSON value a line.' } }]),
      ),
    },
  }
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: scopes.map((scope) => ({ key: [scope] })),
    'x-scopes': scopes,
    parameters: parametersOf(route, shape),
    ...(requestBody ? { requestBody } : {}),
    ...(body?.itemProblems ? { 'x-item-problems': body.itemProblems.map(problemType) } : {}),
    responses: responsesOf(route, shape),
  }
}

function parametersOf({ params, query, precondition }: Route, shape: Shape): readonly Json[] {
  const within = (place: 'path' | 'query', schema: z.ZodType | undefined): Json[] => {
    if (!schema) return []
    const { properties = {}, required = [] } = shape(schema) as { properties?: Record<string, Json>; required?: string[] }
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }))
  }
  const ifMatch = { name: 'If-Match', in: 'header', required: true, description: 'The ETag that was read.', schema: { type: 'string' } }
  return [...within('path', params), ...within('query', query), ...(precondition ? [ifMatch] : [])]
}

function responsesOf(route: Route, shape: Shape): Json {
  const responses: Record<string, Json> = {}
  for (const [status, answer] of Object.entries(route.answers)) responses[status] = responseOf(answer, shape)
  for (const [status, slugs] of Map.groupBy(problemsOf(route), (slug) => PROBLEMS[slug].status)) {
    responses[status] = {
      description: slugs.map((slug) => `\`${slug}\``).join(', '),
      content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  return responses
}

const HEADERS: Readonly<Record<string, string>> = {
  ETag: 'The revision, for If-Match and If-None-Match.',
  Link: 'The next page, with rel="next"; absent on the last page.',
  Location: 'The address of the new object.',
}

function responseOf({ description, schema, types = [], headers = [] }: RouteAnswer, shape: Shape): Json {
  const content = {
    ...(schema ? { [JSON_TYPE]: { schema: shape(schema) } } : {}),
    ...Object.fromEntries(types.map((type) => [type.split(';')[0]!, { schema: { type: 'string' } }])),
  }
  return {
    description,
    ...(headers.length > 0
      ? { headers: Object.fromEntries(headers.map((name) => [name, { description: HEADERS[name], schema: { type: 'string' } }])) }
      : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

/** A schema as JSON Schema; its named parts move to the components. */
function shapeOf(schema: z.ZodType, schemas: Map<string, Json>): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...shape
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json & { $defs?: Record<string, Json> }
  for (const [id, part] of Object.entries($defs)) if (!schemas.has(id)) schemas.set(id, tidy(part) as Json)
  return tidy(shape) as Json
}

/** Values, not schemas: left as they are. */
const VALUES = ['default', 'examples', 'const', 'enum', 'required']

/**
 * References point to the components; zod's `example` becomes OpenAPI's `examples`. A pattern that only spells out the format beside it and
 * the bound of every integer tell nobody anything.
 */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const { format } = value as { format?: unknown }
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name === '$ref' && typeof member === 'string') return [[name, member.replace('#/$defs/', '#/components/schemas/')]]
    if (name === 'example') return [['examples', [member]]]
    if (name === 'pattern' && format !== undefined) return []
    if (Math.abs(member as number) === Number.MAX_SAFE_INTEGER) return []
    return [[name, VALUES.includes(name) ? member : tidy(member)]]
  })
  return Object.fromEntries(members)
}

function withReadOnly(schema: Json, noun: string): Json {
  for (const choice of ['anyOf', 'oneOf'])
    if (Array.isArray(schema[choice])) return { ...schema, [choice]: schema[choice].map((one: Json) => withReadOnly(one, noun)) }
  const added = noun === 'Experiment' ? { ...READ_ONLY, status: z.string().meta({ readOnly: true }) } : READ_ONLY
  const { properties } = tidy(z.toJSONSchema(z.object(added), { io: 'input' })) as { properties: Json }
  return { ...schema, properties: { ...(schema.properties as Json), ...properties } }
}

/** What a policy's parameters may be depends on its kind: one component a kind. */
function documentParameters(schemas: Map<string, Json>): void {
  const policy = schemas.get('Policy')
  if (!policy) return
  const names = Object.values(kinds).map(({ kind, description, parameters }) => {
    const name = `${kind.replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())}Parameters`
    schemas.set(name, { ...shapeOf(parameters, schemas), description: `Of the kind "${kind}". ${description}` })
    return name
  })
  const parameters = {
    default: {},
    description: 'Depends on the kind.',
    anyOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })),
  }
  schemas.set('Policy', { ...policy, properties: { ...(policy.properties as Json), parameters } })
}

function problemSchema(): Json {
  return {
    type: 'object',
    description: 'RFC 9457. Some problems have further members, such as `scopes`, `possible`, `checks` or `incident`.',
    properties: {
      type: { type: 'string', enum: PROBLEM_SLUGS.map(problemType) },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      pointer: { type: 'string', description: 'JSON pointer (RFC 6901) to the first fault in the body.' },
      errors: {
        type: 'array',
        items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } }, required: ['pointer', 'detail'] },
      },
    },
    required: ['type', 'title', 'status', 'detail'],
    examples: [
      {
        type: problemType('invalid'),
        title: PROBLEMS.invalid.title,
        status: 422,
        detail: '/size: Too big: expected number to be <=100.',
        pointer: '/size',
        errors: [{ pointer: '/size', detail: 'Too big: expected number to be <=100' }],
      },
    ],
  }
}
