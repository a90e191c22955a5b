/** Keys and kill switches. */

import type { StoredFlag } from '../../store/flag-store.ts'
import type { NewKey, StoredKey } from '../../store/key-store.ts'
import type { Scope } from '../authentication.ts'
import { type Bound, bind, json, NO_CONTENT } from '../handler.ts'
import { pageAnswer } from '../paging.ts'
import { Problem } from '../problems.ts'
import { flagRoutes, keyRoutes } from '../routes/administration.ts'
import { faultsProblem } from '../validation.ts'
import type { World } from '../world.ts'

const HOUR_MS = 3_600_000

export function keyHandlers({ keys, now }: Pick<World, 'keys' | 'now'>): readonly Bound[] {
  return [
    bind(keyRoutes.list, ({ query }) =>
      pageAnswer({
        path: '/v1/keys',
        name: 'keys',
        page: query,
        read: (page) => keys.list(page),
        keyOf: ({ selector }) => selector,
        shown: shownKey,
      }),
    ),
    bind(keyRoutes.read, async ({ params: { selector } }) => {
      const key = await keys.get(selector)
      if (!key) throw noKey(selector)
      return json(200, shownKey(key))
    }),
    bind(keyRoutes.create, async ({ body }) => {
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt)
      if (expiresAt !== null && expiresAt.getTime() <= now())
        throw faultsProblem('invalid', [{ pointer: '/expiresAt', detail: 'has to lie in the future' }])
      return created(await keys.create({ name: body.name, scopes: body.scopes as readonly Scope[], expiresAt }))
    }),
    bind(keyRoutes.rotate, async ({ params: { selector }, body }) => {
      const old = await keys.get(selector)
      if (!old) throw noKey(selector)
      const successor = await keys.rotate(selector, new Date(now() + body.overlapHours * HOUR_MS))
      if (!successor)
        throw new Problem('wrong-status', { detail: 'A key that is revoked or expired has no successor.', extra: { possible: [] } })
      return created(successor)
    }),
    bind(keyRoutes.revoke, async ({ params: { selector } }) => {
      if (!(await keys.revoke(selector))) throw noKey(selector)
      return NO_CONTENT
    }),
  ]
}

function noKey(selector: string): Problem {
  return new Problem('not-found', { detail: `There is no key "${selector}".` })
}

function created({ key, stored }: NewKey) {
  return json(201, { ...shownKey(stored), key }, { Location: `/v1/keys/${stored.selector}` })
}

function shownKey({ selector, name, scopes, createdAt, expiresAt, revokedAt, lastUsedAt }: StoredKey): object {
  const text = (moment: Date | null) => moment?.toISOString() ?? null
  return {
    selector,
    name,
    scopes,
    createdAt: text(createdAt),
    expiresAt: text(expiresAt),
    revokedAt: text(revokedAt),
    lastUsedAt: text(lastUsedAt),
  }
}

export function flagHandlers({ flags, policies, killSwitches }: Pick<World, 'flags' | 'policies' | 'killSwitches'>): readonly Bound[] {
  return [
    bind(flagRoutes.list, async () => {
      const off = [...killSwitches.sourcesOf()].map(([policy, sources]) => ({ policy, sources }))
      return json(200, { flags: (await flags.list()).map(shownFlag), killed: off })
    }),
    bind(flagRoutes.put, async ({ params: { key }, body }) => {
      const policy = key.slice('policy.'.length, -'.killed'.length)
      if (!(await policies.get(policy))) throw new Problem('unknown-reference', { detail: `There is no policy "${policy}".` })
      return json(200, shownFlag(await flags.put({ key, ...body })))
    }),
    bind(flagRoutes.remove, async ({ params: { key } }) => {
      if (!(await flags.remove(key))) throw new Problem('not-found', { detail: `There is no switch "${key}".` })
      return NO_CONTENT
    }),
  ]
}

function shownFlag({ key, value, because, updatedAt }: StoredFlag): object {
  return { key, value, because, updatedAt: updatedAt.toISOString() }
}
