/**
 * Conducting: how every request goes through the contract, in one function instead of a stack of middleware.
 *
 *     key → scope → room at the gate? → path, query, If-Match → body → the gate → JSON → schema → handler → answer
 *
 * The order is the cheapest refusal first: who may not ask costs no body, and what nobody has time for costs no parsing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import { observe } from '../telemetry/request-counters.ts'
import { send, sendProblem } from './answering.ts'
import { bearerOf, type Caller, mayUse } from './authentication.ts'
import { discardBody, isUnfinished, letStream, readBody, typeOf } from './body.ts'
import type { Bound } from './handler.ts'
import { isStorable, readJson } from './json.ts'
import { retryAfterOf } from './limits.ts'
import { misfortuneOf } from './misfortune.ts'
import { Problem } from './problems.ts'
import { JSON_TYPE, type Load, type Route } from './route.ts'
import { queryOf, validated } from './validation.ts'
import type { World } from './world.ts'

export type ConductWorld = Pick<World, 'verify' | 'gate' | 'requests' | 'traces' | 'log'>

/** What Express adds to a request. */
interface Routed extends IncomingMessage {
  readonly params?: Readonly<Record<string, string>>
}

const NO_BYTES = new Uint8Array(0)
const SECOND_MS = 1_000

/** The function that answers the requests of a route. It never rejects. */
export function conduct(bound: Bound, world: ConductWorld): (request: Routed, response: ServerResponse) => Promise<void> {
  const name = `${bound.route.method.toUpperCase()} ${bound.route.path}`
  return async (request, response) => {
    const started = performance.now()
    const span = world.traces.start(name, request.headers)
    try {
      await perform(bound, world, { request, response })
    } catch (error) {
      if (!isSlow(error)) await discardBody(request)
      refuse(world, response, { error, route: name })
    }
    const status = response.statusCode
    observe(world.requests, name, { status, seconds: (performance.now() - started) / SECOND_MS })
    span?.end(status)
  }
}

/** Who was too slow is not waited for once more. */
function isSlow(error: unknown): boolean {
  return error instanceof Problem && error.slug === 'slow-request'
}

/** Answers with the problem; a fault of ours is counted and logged under the incident that the caller is told. */
export function refuse(
  world: Pick<World, 'requests' | 'log'>,
  response: ServerResponse,
  given: { readonly error: unknown; readonly route: string },
): void {
  const { problem, isCrash } = misfortuneOf(given.error)
  if (isCrash) {
    world.requests.crashes++
    world.log.fault('A request failed.', given.error, { route: given.route, ...problem.members.extra })
  }
  sendProblem(response, problem)
}

interface Exchange {
  readonly request: Routed
  readonly response: ServerResponse
}

async function perform(bound: Bound, world: ConductWorld, { request, response }: Exchange): Promise<void> {
  const { route } = bound
  const checked = route.scopes.length === 0 ? null : callerOf(route, world, request)
  const caller = checked instanceof Promise ? await checked : checked
  if (route.load && world.gate.refuses(route.load)) throw overloaded(route.load)
  const { params, query } = addressOf(route, request)
  const isStream = route.body !== undefined && isStreamed(route.body, request)
  const bytes = route.body && !isStream ? await readBody(request) : NO_BYTES
  const admitted = route.load ? world.gate.enter(route.load) : true
  if (admitted !== true && !(await admitted)) throw overloaded(route.load!)
  try {
    const body = route.body && !isStream ? validated(route.body.schema, readJson(bytes)) : undefined
    const handle = isStream ? bound.stream! : bound.handle
    if (isStream) letStream(request)
    const answer = await handle({ request, caller, params, query, bytes, body } as never)
    if (!isStream && isUnfinished(request)) response.shouldKeepAlive = false
    const sending = send(response, answer)
    if (sending) await sending
  } finally {
    if (route.load) world.gate.leave(route.load)
  }
}

/** Most keys are known in memory: then there is nothing to wait for. */
function callerOf(route: Route, world: ConductWorld, request: IncomingMessage): Caller | Promise<Caller> {
  const presented = bearerOf(request)
  const found = presented === null ? null : world.verify(presented)
  const hasKey = presented !== null
  return found instanceof Promise ? found.then((caller) => allowed(route, caller, hasKey)) : allowed(route, found, hasKey)
}

function allowed(route: Route, caller: Caller | null, hasKey: boolean): Caller {
  if (!caller) {
    const challenge = hasKey ? 'Bearer realm="croupier", error="invalid_token"' : 'Bearer realm="croupier"'
    throw new Problem('unauthenticated', { headers: { 'WWW-Authenticate': challenge } })
  }
  if (mayUse(caller, route.scopes)) return caller
  const scopes = route.scopes.join(' or ')
  throw new Problem('forbidden', {
    detail: `This needs a key with the scope ${scopes}.`,
    extra: { scopes: route.scopes },
    headers: { 'WWW-Authenticate': `Bearer realm="croupier", error="insufficient_scope", scope="${route.scopes.join(' ')}"` },
  })
}

/** What the address and the headers say: path parameters, query, and that a change names the revision it changes. */
function addressOf(route: Route, request: Routed): { readonly params: unknown; readonly query: unknown } {
  if (route.precondition && request.headers['if-match'] === undefined) throw new Problem('precondition-required')
  return {
    params: route.params ? paramsOf(route.params, request) : undefined,
    query: route.query ? validated(route.query, queryOf(request), 'bad-query') : undefined,
  }
}

/** A name that no object can have is the name of no object. */
function paramsOf(schema: z.ZodType, request: Routed): unknown {
  const names = { ...request.params }
  if (!Object.values(names).every(isStorable)) throw new Problem('not-found')
  const parsed = schema.safeParse(names)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new Problem('not-found', { detail: `There is nothing of this name: ${path.join('.')} ${message}.` })
}

function isStreamed({ streamed = [] }: NonNullable<Route['body']>, request: IncomingMessage): boolean {
  return streamed.includes(typeOf(request, [JSON_TYPE, ...streamed]))
}

function overloaded(load: Load): Problem {
  return new Problem('overloaded', { headers: { 'Retry-After': String(retryAfterOf(load)) } })
}
