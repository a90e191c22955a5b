/** What a handler is: a route's half that touches the world. It gets what was checked already and gives an answer, or throws a Problem. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Caller } from './authentication.ts'
import { JSON_TYPE, type Route } from './route.ts'

/** A request whose key, path, query and body fulfil the route's row of the contract. */
export interface Call<P, Q, B> {
  readonly request: IncomingMessage
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The body as it was sent; empty for a streamed one, which is still to be read from the request. */
  readonly bytes: Uint8Array
  /** Null on open routes. */
  readonly caller: Caller | null
}

export interface Answer {
  readonly status: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Parts of a body that is made while it is sent. */
  readonly stream?: AsyncIterable<string>
}

export type Handle<P, Q, B> = (call: Call<P, Q, B>) => Answer | Promise<Answer>

/** A route with its handler; `stream` handles the types that the route streams. */
export interface Bound {
  readonly route: Route
  readonly handle: Handle<never, never, never>
  readonly stream?: Handle<never, never, never>
}

/** Ties a handler to its route, so that the schemas type what the handler gets. */
export function bind<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  handle: Handle<z.output<P>, z.output<Q>, z.output<B>>,
  stream?: Handle<z.output<P>, z.output<Q>, null>,
): Bound {
  return { route, handle, ...(stream ? { stream } : {}) } as Bound
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: JSON_TYPE, headers, body: JSON.stringify(value) }
}

export const NO_CONTENT: Answer = { status: 204 }
