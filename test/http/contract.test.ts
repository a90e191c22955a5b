import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pages } from '../../scripts/pages.ts'
import { SCOPES } from '../../src/http/authentication.ts'
import { contract } from '../../src/http/contract.ts'
import { type Json, openApiOf } from '../../src/http/openapi.ts'
import { expressPath } from '../../src/http/route.ts'
import { kinds } from '../../src/policies/registry.ts'

const root = join(import.meta.dirname, '..', '..')
const document = openApiOf(contract)

function* objectsIn(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  yield value as Json
  for (const member of Object.values(value)) yield* objectsIn(member)
}

describe('the contract', () => {
  it('names every operation once', () => {
    expect(new Set(contract.map(({ id }) => id)).size).toBe(contract.length)
    expect(new Set(contract.map(({ method, path }) => `${method} ${path}`)).size).toBe(contract.length)
  })

  it('serves the hot routes first', () => {
    expect(contract.slice(0, 2).map(({ path }) => path)).toEqual(['/v1/slates', '/v1/outcomes'])
  })

  it.each(contract.map((route) => [route.id, route] as const))('%s has a schema for every part of its path', (_, route) => {
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const shown = (document.paths[route.path]![route.method]!.parameters as Json[]).filter((parameter) => parameter.in === 'path')
    expect(shown.map((parameter) => parameter.name)).toEqual(named)
    expect(expressPath(route)).not.toMatch(/[{}]/)
  })

  it('asks for a key everywhere but on probes and documentation', () => {
    const open = contract.filter(({ scopes }) => scopes.length === 0).map(({ path }) => path)
    expect(open).toEqual(['/livez', '/readyz', '/openapi.json', '/docs', '/problems/{slug}'])
    for (const { scopes } of contract) expect(scopes.every((scope) => SCOPES.includes(scope))).toBe(true)
  })

  it('asks for If-Match wherever a revision is changed', () => {
    const changing = contract.filter(
      ({ path, method }) => /^\/v1\/(surfaces|metrics|policies|experiments)\/\{key\}$/.test(path) && method !== 'get',
    )
    expect(changing).toHaveLength(8)
    for (const route of changing) expect(route.precondition).toBe(true)
  })
})

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with every route of the contract', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    expect(operations.map((operation) => operation.operationId).sort()).toEqual(contract.map(({ id }) => id).sort())
  })

  it('refers to nothing that is not there', () => {
    const references = [...objectsIn(document)].flatMap((one) => (typeof one.$ref === 'string' ? [one.$ref] : []))
    expect(references.length).toBeGreaterThan(100)
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1]
      expect(document.components.schemas, reference).toHaveProperty(name!)
    }
  })

  it('shows what the server adds to a noun as read-only, and never asks for it', () => {
    for (const name of ['Surface', 'Policy', 'Experiment']) {
      const { properties, required } = document.components.schemas[name] as { properties: Record<string, Json>; required: string[] }
      expect(properties.revision).toMatchObject({ type: 'integer', readOnly: true })
      expect(required).not.toContain('revision')
    }
    const { oneOf } = document.components.schemas.Metric as { oneOf: { properties: Json }[] }
    for (const kind of oneOf) expect(kind.properties).toHaveProperty('updatedAt')
  })

  it('describes the parameters of every kind of policy', () => {
    const { properties } = document.components.schemas.Policy as { properties: { parameters: { anyOf: Json[] } } }
    expect(properties.parameters.anyOf).toHaveLength(Object.keys(kinds).length)
    expect(document.components.schemas).toHaveProperty('PopularityDecayParameters')
  })
})

describe('the generated pages', () => {
  it.each([...pages()])('%s are what "npm run generate" writes now', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })
})
