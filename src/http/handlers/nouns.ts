/** The five handlers of a noun. What the store answers as a value becomes a status here. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { NounChange, Stored } from '../../store/noun.ts'
import type { NounStore } from '../../store/noun-store.ts'
import { etagOf, isKnown, revisionOf } from '../etag.ts'
import { type Bound, bind, json, NO_CONTENT } from '../handler.ts'
import { pageAnswer } from '../paging.ts'
import { Problem } from '../problems.ts'
import type { NounRoutes } from '../routes/nouns.ts'
import { faultsProblem } from '../validation.ts'

export interface NounHandlers<Body> {
  readonly plural: string
  readonly singular: string
  readonly port: NounStore<Body>
  /** Throws when the body names what does not exist. */
  check(body: Body): Promise<void>
  /** The noun as it is shown. */
  shown(noun: Stored<Body>): object
}

/** What every noun shows besides its body. */
export function shownNoun<Body>({ body, revision, createdAt, updatedAt }: Stored<Body>): object {
  return { ...body, revision, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}

/** Ties the five routes of a noun to its store. */
export function nounHandlers<Body extends { readonly key: string }>(
  routes: NounRoutes<z.ZodType<Body>>,
  { plural, singular, port, check, shown }: NounHandlers<Body>,
): readonly Bound[] {
  const path = `/v1/${plural}`
  const found = (status: number, noun: Stored<Body>, headers: Readonly<Record<string, string>> = {}) =>
    json(status, shown(noun), { ETag: etagOf(noun.revision), ...headers })
  return [
    bind(routes.list, ({ query }) =>
      pageAnswer({ path, name: plural, page: query, read: (page) => port.list(page), keyOf: (noun) => noun.key, shown }),
    ),
    bind(routes.read, async ({ params, request }) => {
      const noun = await port.get(params.key)
      if (!noun) throw missing(singular, params.key)
      const etag = etagOf(noun.revision)
      return isKnown(request.headers, etag) ? { status: 304, headers: { ETag: etag } } : found(200, noun)
    }),
    bind(routes.create, async ({ body }) => {
      await check(body)
      const change = await port.create(body)
      if (change.kind === 'conflict')
        throw new Problem('exists', { detail: `The ${singular} "${body.key}" exists already.`, pointer: '/key' })
      return found(201, done(change, { singular, key: body.key }), { Location: `${path}/${body.key}` })
    }),
    bind(routes.replace, async ({ params, body, request }) => {
      if (body.key !== params.key)
        throw faultsProblem('invalid', [{ pointer: '/key', detail: `has to be "${params.key}", as in the path` }])
      await check(body)
      const change = await port.replace(params.key, body, revisionNamed(request))
      return found(200, done(change, { singular, key: params.key }))
    }),
    bind(routes.remove, async ({ params, request }) => {
      done(await port.remove(params.key, revisionNamed(request)), { singular, key: params.key })
      return NO_CONTENT
    }),
  ]
}

/** Routes that change a revision are answered only with If-Match. */
function revisionNamed(request: IncomingMessage): number {
  return revisionOf(request.headers)!
}

function missing(singular: string, key: string): Problem {
  return new Problem('not-found', { detail: `There is no ${singular} "${key}".` })
}

interface Attempt {
  readonly singular: string
  readonly key: string
}

const REFUSALS = { missing: 'unknown-reference', 'in-use': 'in-use', status: 'wrong-status' } as const

/** The noun after a change; throws what stood in its way. */
export function done<Body>(change: NounChange<Body>, { singular, key }: Attempt): Stored<Body> {
  switch (change.kind) {
    case 'done':
      return change.noun
    case 'missing':
      throw missing(singular, key)
    case 'refused':
      throw new Problem(REFUSALS[change.why], { detail: change.because, extra: { because: change.because } })
    case 'conflict': {
      const { revision } = change.current
      throw new Problem('changed-meanwhile', {
        detail: `The ${singular} "${key}" has revision ${revision} by now.`,
        extra: { revision },
        headers: { ETag: etagOf(revision) },
      })
    }
  }
}
