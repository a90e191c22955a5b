/** The five routes of every noun that product owners define: list, read, create, replace, remove. */
import { z } from 'zod'
import type { Scope } from '../authentication.ts'
import { type Route, route } from '../route.ts'
import { keyParams, pageQuery, READ_ONLY } from './parts.ts'

export interface NounShape<S extends z.ZodType> {
  readonly plural: string
  readonly singular: string
  readonly schema: S
  /** Who may read besides those who may write. */
  readonly readers?: readonly Scope[]
  readonly description: string
  /** A body as somebody would send it. */
  readonly example: z.input<S>
}

export interface NounRoutes<S extends z.ZodType> {
  readonly list: Route<z.ZodType, typeof pageQuery>
  readonly read: Route<typeof keyParams>
  readonly create: Route<z.ZodType, z.ZodType, S>
  readonly replace: Route<typeof keyParams, z.ZodType, S>
  readonly remove: Route<typeof keyParams>
}

/** What a reader sends back with its change: the members that only the server sets are taken off. */
function withoutReadOnly(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => !(name in READ_ONLY) && name !== 'status'))
}

/** The routes of a noun; all of them need the scope "product", reading also one of `readers`. */
export function nounRoutes<S extends z.ZodType>({
  plural,
  singular,
  schema,
  readers = [],
  description,
  example,
}: NounShape<S>): NounRoutes<S> {
  const title = plural[0]!.toUpperCase() + plural.slice(1)
  const name = singular[0]!.toUpperCase() + singular.slice(1)
  const body = { schema: z.preprocess(withoutReadOnly, schema) as unknown as S, documented: schema, example }
  const shared = { tag: title, load: 'crud' } as const
  const writing = { ...shared, scopes: ['product'] } as const
  const reading = { ...shared, scopes: ['product', ...readers] as const }
  const one = { ...writing, path: `/v1/${plural}/{key}`, params: keyParams } as const
  const answer = { description: `The ${singular}.`, schema, headers: ['ETag'] as const }
  return {
    list: route({
      ...reading,
      id: `list${title}`,
      method: 'get',
      path: `/v1/${plural}`,
      summary: `All ${plural}, by key`,
      description,
      query: pageQuery,
      answers: { 200: { description: `A page of ${plural}.`, schema: z.object({ [plural]: z.array(schema) }), headers: ['Link'] } },
      problems: [],
    }),
    read: route({
      ...reading,
      id: `read${name}`,
      method: 'get',
      path: one.path,
      params: keyParams,
      summary: `One ${singular}`,
      description: 'With If-None-Match, 304 says that it is still as it was.',
      answers: { 200: answer, 304: { description: 'Unchanged.', headers: ['ETag'] } },
      problems: ['not-found'],
    }),
    create: route({
      ...writing,
      id: `create${name}`,
      method: 'post',
      path: `/v1/${plural}`,
      summary: `A new ${singular}`,
      body,
      answers: { 201: { ...answer, headers: ['ETag', 'Location'] } },
      problems: ['exists', 'unknown-reference'],
    }),
    replace: route({
      ...one,
      id: `replace${name}`,
      method: 'put',
      summary: `Replaces the ${singular}`,
      description: 'Read it, change it, send it back with If-Match. Members that only the server sets are ignored.',
      body,
      precondition: true,
      answers: { 200: answer },
      problems: ['not-found', 'unknown-reference', 'in-use', 'wrong-status'],
    }),
    remove: route({
      ...one,
      id: `remove${name}`,
      method: 'delete',
      summary: `Removes the ${singular}`,
      precondition: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: ['not-found', 'in-use', 'wrong-status'],
    }),
  }
}
