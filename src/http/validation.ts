/** Validation: a schema's issues as a problem that names every place. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { isStorable } from './json.ts'
import { pointerOf } from './pointer.ts'
import { type Fault, Problem, type ProblemSlug } from './problems.ts'

const FAULTS_MAX = 20

/** The value as the schema makes it. Throws the problem with one fault an issue, twenty at most. */
export function validated<T>(schema: z.ZodType<T>, value: unknown, slug: ProblemSlug = 'invalid'): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw faultsProblem(slug, faultsOf(parsed.error.issues))
}

/** A problem for several faults; its own pointer and detail are those of the first. */
export function faultsProblem(slug: ProblemSlug, errors: readonly Fault[]): Problem {
  const { pointer, detail } = errors[0]!
  const place = pointer === '' ? '' : `${pointer}: `
  return new Problem(slug, { detail: `${place}${detail}${/[.?!]$/.test(detail) ? '' : '.'}`, pointer, errors })
}

function faultsOf(issues: readonly z.core.$ZodIssue[]): readonly Fault[] {
  return issues
    .slice(0, FAULTS_MAX)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, FAULTS_MAX)
            .map((key) => ({ pointer: pointerOf({ path: [...issue.path, key] }), detail: 'is not known here' }))
        : [{ pointer: pointerOf(issue), detail: issue.message }],
    )
}

/** The query as an object. A parameter that is given twice, or holds a NUL, is refused. */
export function queryOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const url = request.url ?? ''
  const at = url.indexOf('?')
  if (at === -1) return {}
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    if (name in query) throw faultsProblem('bad-query', [{ pointer: pointerOf({ path: [name] }), detail: 'is given twice' }])
    if (!isStorable(value))
      throw faultsProblem('bad-query', [{ pointer: pointerOf({ path: [name] }), detail: 'holds a character that cannot be stored' }])
    query[name] = value
  }
  return query
}
