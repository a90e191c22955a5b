/** Who asks: the bearer key of a request, checked and scoped. */
import type { IncomingMessage } from 'node:http'

export const SCOPES = ['storefront', 'product', 'finance', 'ops', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Who presented a valid key. */
export interface Caller {
  readonly selector: string
  readonly scopes: readonly string[]
}

/** Checks a presented key; null when it is unknown, expired or revoked. Cheap when the key was seen before. */
export type VerifyKey = (presented: string) => Caller | null | Promise<Caller | null>

/** The key in an Authorization header, or null. */
export function bearerOf(request: IncomingMessage): string | null {
  const header = request.headers.authorization
  return header?.startsWith('Bearer ') ? header.slice(7).trim() : null
}

/** Whether a caller may use a route: a key with the scope, or an admin key. */
export function mayUse(caller: Caller, scopes: readonly Scope[]): boolean {
  return caller.scopes.includes('admin') || scopes.some((scope) => caller.scopes.includes(scope))
}
