import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contract } from '../../src/http/contract.ts'
import { openApiOf } from '../../src/http/openapi.ts'
import { PROBLEM_SLUGS, PROBLEMS, Problem, problemDocument, problemHeaders, problemPage, problemType } from '../../src/http/problems.ts'
import { problemsOf } from '../../src/http/route.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
/** Told by the connection or the router, before there is a route. */
const WITHOUT_ROUTE = ['bad-http', 'slow-request', 'headers-too-large', 'unknown-route', 'method-not-allowed']

describe('the table of problems', () => {
  it('has exactly the sections of docs/errors.md, with the same status', () => {
    const page = readFileSync(join(docs, 'errors.md'), 'utf8')
    const sections = [...page.matchAll(/^## (\S+)\n\n\*\*(\d+)\*\*/gm)].map(([, slug, status]) => [slug, Number(status)])
    expect(sections).toEqual(PROBLEM_SLUGS.map((slug) => [slug, PROBLEMS[slug].status]))
  })

  it('has exactly the types that the OpenAPI document knows', () => {
    const problem = openApiOf(contract).components.schemas.Problem as { properties: { type: { enum: string[] } } }
    expect(problem.properties.type.enum).toEqual(PROBLEM_SLUGS.map(problemType))
  })

  it('holds no problem that nobody can meet', () => {
    const met = new Set([...WITHOUT_ROUTE, ...contract.flatMap((route) => [...problemsOf(route), ...(route.body?.itemProblems ?? [])])])
    expect(PROBLEM_SLUGS.filter((slug) => !met.has(slug))).toEqual([])
  })

  it('says when to come back wherever that makes sense', () => {
    const temporary = PROBLEM_SLUGS.filter((slug) => [429, 503].includes(PROBLEMS[slug].status))
    for (const slug of temporary) expect(Number(problemHeaders(new Problem(slug))['Retry-After'])).toBeGreaterThanOrEqual(1)
  })
})

describe('a problem', () => {
  it('is told with type, title, status and a sentence', () => {
    expect(problemDocument(new Problem('starting'))).toEqual({
      type: '/problems/starting',
      title: 'Starting',
      status: 503,
      detail: 'The service is not ready to decide yet.',
    })
  })

  it('carries its pointer, its faults and members of its own', () => {
    const faults = [{ pointer: '/size', detail: 'is too big' }]
    const problem = new Problem('invalid', {
      detail: 'So it is.',
      pointer: '/size',
      errors: faults,
      extra: { most: 100 },
      headers: { 'X-A': 'b' },
    })
    expect(problemDocument(problem)).toMatchObject({ detail: 'So it is.', pointer: '/size', errors: faults, most: 100 })
    expect(problemHeaders(problem)).toEqual({ 'X-A': 'b' })
  })

  it('keeps the members of the standard what they are', () => {
    const problem = new Problem('wrong-status', { extra: { status: 'running', type: 'x', current: 'running' } })
    expect(problemDocument(problem)).toMatchObject({ status: 409, type: '/problems/wrong-status', current: 'running' })
  })

  it('has a page that says what to do', () => {
    expect(problemPage('forbidden')).toBe(
      '403 Scope missing\n\nThe key is valid but lacks the scope that the route asks for.\n\nWhat to do: Use a key with the scope that `scopes` names.\n',
    )
  })
})
