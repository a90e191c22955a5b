/** JSON pointers (RFC 6901) of validation issues: where exactly the fault stands. */

/** The pointer of a zod issue; an unknown key is part of it. */
export function pointerOf(issue: {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly keys?: readonly string[]
}): string {
  const path = issue.code === 'unrecognized_keys' && issue.keys ? [...issue.path, issue.keys[0]!] : issue.path
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
