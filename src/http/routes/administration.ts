/** Keys and kill switches. */
import { z } from 'zod'
import { SCOPES } from '../authentication.ts'
import { type Route, route } from '../route.ts'
import { pageQuery, timestamp } from './parts.ts'

const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length)
const OVERLAP_HOURS_MAX = 24 * 30

const keyShape = {
  selector: z.string().meta({ description: 'The public part of the key.' }),
  name: z.string(),
  scopes,
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
} as const
const keySchema = z.object(keyShape).meta({ id: 'Key' })
const newKeySchema = z
  .object({ ...keyShape, key: z.string().meta({ description: 'The whole key. It is shown this once and kept nowhere.' }) })
  .meta({ id: 'NewKey' })
const keyParams = z.strictObject({ selector: z.string().min(1).max(64) })
const ofKeys = { tag: 'Keys', scopes: ['admin'] as const, load: 'crud' } as const

export const keyRoutes = {
  list: route({
    ...ofKeys,
    id: 'listKeys',
    method: 'get',
    path: '/v1/keys',
    summary: 'All keys, without their secrets',
    query: pageQuery,
    answers: { 200: { description: 'A page of keys.', schema: z.object({ keys: z.array(keySchema) }), headers: ['Link'] } },
    problems: [],
  }),
  create: route({
    ...ofKeys,
    id: 'createKey',
    method: 'post',
    path: '/v1/keys',
    summary: 'A new key',
    body: {
      schema: z
        .strictObject({ name: z.string().min(1).max(200), scopes, expiresAt: z.iso.datetime({ offset: true }).nullable().default(null) })
        .meta({ id: 'KeyRequest', example: { name: 'web shop', scopes: ['storefront'] } }),
    },
    answers: { 201: { description: 'The key with its secret.', schema: newKeySchema, headers: ['Location'] } },
    problems: [],
  }),
  read: route({
    ...ofKeys,
    id: 'readKey',
    method: 'get',
    path: '/v1/keys/{selector}',
    summary: 'One key, without its secret',
    params: keyParams,
    answers: { 200: { description: 'The key.', schema: keySchema } },
    problems: ['not-found'],
  }),
  rotate: route({
    ...ofKeys,
    id: 'rotateKey',
    method: 'post',
    path: '/v1/keys/{selector}/rotate',
    summary: 'A successor with the same name and scopes',
    description: 'The old key works on for `overlapHours`, so that both are good while the clients change over.',
    params: keyParams,
    body: {
      schema: z
        .strictObject({ overlapHours: z.number().min(0).max(OVERLAP_HOURS_MAX).default(24) })
        .meta({ id: 'KeyRotation', example: { overlapHours: 24 } }),
    },
    answers: { 201: { description: 'The successor with its secret.', schema: newKeySchema, headers: ['Location'] } },
    problems: ['not-found', 'wrong-status'],
  }),
  revoke: route({
    ...ofKeys,
    id: 'revokeKey',
    method: 'delete',
    path: '/v1/keys/{selector}',
    summary: 'The key opens nothing any more',
    params: keyParams,
    answers: { 204: { description: 'It is revoked.' } },
    problems: ['not-found'],
  }),
} as const

const flagSchema = z
  .object({ key: z.string(), value: z.boolean(), because: z.string().nullable(), updatedAt: timestamp })
  .meta({ id: 'Flag', example: { key: 'policy.hybrid.killed', value: true, because: 'odd slates', updatedAt: '2026-11-20T10:00:00.000Z' } })
const flagParams = z.strictObject({
  key: z
    .string()
    .max(80)
    .regex(/^policy\.[a-z0-9][a-z0-9._-]{0,63}\.killed$/, 'must be policy.<key of the policy>.killed'),
})
const ofFlags = { tag: 'Kill switches', scopes: ['product'] as const, load: 'crud' } as const

export const flagRoutes = {
  list: route({
    ...ofFlags,
    id: 'listFlags',
    method: 'get',
    path: '/v1/flags',
    summary: 'All kill switches, and what they amount to',
    description: '`killed` are the policies that some source switches off: this table, the file or LaunchDarkly.',
    answers: {
      200: {
        description: 'The switches.',
        schema: z.object({ flags: z.array(flagSchema), killed: z.array(z.object({ policy: z.string(), sources: z.array(z.string()) })) }),
      },
    },
    problems: [],
  }),
  put: route({
    ...ofFlags,
    id: 'putFlag',
    method: 'put',
    path: '/v1/flags/{key}',
    summary: 'Switches a policy off, or on again',
    description: 'A policy that is switched off serves nobody. Its arms are masked: their shoppers are dealt among the other arms.',
    params: flagParams,
    body: {
      schema: z
        .strictObject({ value: z.boolean(), because: z.string().max(500).nullable().default(null) })
        .meta({ id: 'FlagRequest', example: { value: true, because: 'odd slates' } }),
    },
    answers: { 200: { description: 'The switch.', schema: flagSchema } },
    problems: ['unknown-reference'],
  }),
  remove: route({
    ...ofFlags,
    id: 'removeFlag',
    method: 'delete',
    path: '/v1/flags/{key}',
    summary: 'Takes a switch out of the table',
    params: flagParams,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['not-found'],
  }),
} as const

export const administrationRoutes = [...Object.values(keyRoutes), ...Object.values(flagRoutes)] as readonly Route[]
