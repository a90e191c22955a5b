/** What a route is: one row of the contract, from which the router, the checks and the OpenAPI document are made. */
import type { z } from 'zod'
import type { Scope } from './authentication.ts'
import type { ProblemSlug } from './problems.ts'

export const METHODS = ['get', 'post', 'put', 'delete'] as const
export type Method = (typeof METHODS)[number]

/** What kind of work a route is: under overload reports are shed first and slates last. */
export const LOADS = ['report', 'bulk', 'crud', 'outcome', 'slate'] as const
export type Load = (typeof LOADS)[number]

export const JSON_TYPE = 'application/json'
export const NDJSON_TYPE = 'application/x-ndjson'
export const TEXT_TYPE = 'text/plain; charset=utf-8'
export const SVG_TYPE = 'image/svg+xml'

export interface RouteBody<B> {
  /** Validates the body. */
  readonly schema: B
  /** Documents it, where that differs: items of a batch are validated one by one. */
  readonly documented?: z.ZodType
  /** Where the schema itself has none. */
  readonly example?: unknown
  /** Problems of single items, which stand inside the answer and not in its status. */
  readonly itemProblems?: readonly ProblemSlug[]
  /** Types that the handler reads itself as a stream; always besides JSON. */
  readonly streamed?: readonly string[]
}

/** One possible answer: a JSON schema, or types that are no JSON. */
export interface RouteAnswer {
  readonly description: string
  readonly schema?: z.ZodType
  readonly types?: readonly string[]
  readonly headers?: readonly ('ETag' | 'Link' | 'Location')[]
}

/** P, Q, B: schemas of path parameters, query and body. */
export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  /** Name of the operation; its handler is found by it. */
  readonly id: string
  readonly tag: string
  readonly method: Method
  /** With parameters in braces. */
  readonly path: string
  /** A key needs one of these; an admin key may do everything. Empty: no key is asked for. */
  readonly scopes: readonly Scope[]
  /** Null: answered whatever the load. */
  readonly load: Load | null
  readonly summary: string
  readonly description?: string
  readonly params?: P
  readonly query?: Q
  readonly body?: RouteBody<B>
  /** The route changes or removes a revision: If-Match is required. */
  readonly precondition?: boolean
  readonly answers: Readonly<Record<number, RouteAnswer>>
  /** Problems of this route besides those that its parts imply. */
  readonly problems: readonly ProblemSlug[]
}

/** Keeps the types of a route's schemas. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(row: Route<P, Q, B>): Route<P, Q, B> {
  return row
}

/** Every problem that a route can answer with. */
export function problemsOf(row: Route): readonly ProblemSlug[] {
  const slugs: ProblemSlug[] = []
  if (row.path.includes('{')) slugs.push('bad-path')
  if (row.query) slugs.push('bad-query')
  if (row.scopes.length > 0) slugs.push('unauthenticated', 'forbidden')
  if (row.body) slugs.push('bad-json', 'bad-text', 'too-deep', 'too-large', 'unsupported-type', 'invalid')
  if (row.precondition) slugs.push('precondition-required', 'changed-meanwhile')
  if (row.load) slugs.push('overloaded', 'database-away')
  if (row.load && row.method !== 'get') slugs.push('storage-full')
  return [...new Set([...slugs, ...row.problems, 'internal' as const])]
}

/** The path as Express writes it: /v1/items/{itemId} → /v1/items/:itemId */
export function expressPath(row: Route): string {
  return row.path.replaceAll(/\{(\w+)\}/g, ':$1')
}
