/**
 * Problems: everything that can go wrong for a caller, in one table (RFC 9457, application/problem+json).
 *
 * The slug is the stable name: it ends the `type`, and a page under that address says what the problem means and what to do about it.
 * docs/errors.md and the OpenAPI document are made from this table.
 */

interface Entry {
  readonly status: number
  readonly title: string
  /** What happened, as a sentence; the detail where nothing more exact is known. */
  readonly meaning: string
  readonly remedy: string
  /** Seconds to wait, sent as Retry-After, when the same request may succeed later. */
  readonly retryAfter?: number
}

const entry = (status: number, title: string, meaning: string, remedy: string, retryAfter?: number): Entry =>
  retryAfter === undefined ? { status, title, meaning, remedy } : { status, title, meaning, remedy, retryAfter }

export const PROBLEMS = {
  'bad-http': entry(400, 'Not HTTP', 'The bytes on the connection are no HTTP request.', 'Send an HTTP/1.1 request.'),
  'bad-path': entry(
    400,
    'Malformed path',
    'The path holds a percent sign that is not followed by UTF-8 in hexadecimal.',
    'Encode the path as URLs are encoded.',
  ),
  'bad-query': entry(
    400,
    'Malformed query',
    'A query parameter is unknown, repeated or out of bounds.',
    'The pointer names the parameter.',
  ),
  'bad-json': entry(
    400,
    'Malformed JSON',
    'The body is not JSON in UTF-8, or a name stands twice in one of its objects.',
    'The position says where reading stopped, the pointer which name is repeated.',
  ),
  'bad-text': entry(
    400,
    'Text that cannot be stored',
    'A text holds a NUL character or half of a surrogate pair.',
    'Remove the character that the pointer names.',
  ),
  'too-deep': entry(400, 'Nested too deeply', 'Arrays and objects may be nested eight deep.', 'Flatten the body.'),
  unauthenticated: entry(
    401,
    'No valid key',
    'The request carries no valid API key.',
    'Send "Authorization: Bearer <key>" with a key that is neither expired nor revoked.',
  ),
  forbidden: entry(
    403,
    'Scope missing',
    'The key is valid but lacks the scope that the route asks for.',
    'Use a key with the scope that `scopes` names.',
  ),
  'unknown-route': entry(404, 'No such route', 'Nothing is served under this path.', 'Read /docs or /openapi.json.'),
  'not-found': entry(404, 'Not found', 'There is no object of this name.', 'Look it up in the list.'),
  'method-not-allowed': entry(
    405,
    'Method not allowed',
    'The path exists, but not with this method.',
    'Use one of the methods in the header Allow.',
  ),
  'not-acceptable': entry(406, 'No acceptable format', 'None of the formats that Accept names can be made.', 'Ask for one of `available`.'),
  'slow-request': entry(408, 'Request too slow', 'The request did not arrive completely in time.', 'Send it again, faster.'),
  exists: entry(409, 'Exists already', 'There is an object of this name already.', 'Choose another key, or replace the object with PUT.'),
  'in-use': entry(409, 'In use', 'Something else needs this object.', 'Remove what `because` names first.'),
  'wrong-status': entry(
    409,
    'Not possible in this status',
    'The object’s status does not allow this; `current` is what it is.',
    'Do one of `possible` instead.',
  ),
  'request-id-reused': entry(
    409,
    'requestId reused',
    'This requestId was used before with another body.',
    'Use a fresh requestId for a new request.',
  ),
  'outcome-id-reused': entry(
    409,
    'outcomeId reused',
    'This outcomeId was used before with another body.',
    'Use a fresh outcomeId for another outcome.',
  ),
  'changed-meanwhile': entry(
    412,
    'Changed meanwhile',
    'The object has another revision than If-Match names.',
    'Read it again and decide anew.',
  ),
  'too-large': entry(413, 'Body too large', 'The body has more bytes than this route takes.', 'Send several smaller requests.'),
  'unsupported-type': entry(
    415,
    'Unsupported media type',
    'The body’s type or encoding is not one that this route reads.',
    'Send one of `supported`, without Content-Encoding.',
  ),
  invalid: entry(
    422,
    'Invalid',
    'The body does not have the shape that this route asks for.',
    'Each of `errors` names the place and the fault.',
  ),
  'unknown-surface': entry(
    422,
    'Unknown surface',
    'There is no surface of this name.',
    'Create the surface first, or use one of GET /v1/surfaces.',
  ),
  'unknown-reference': entry(
    422,
    'Unknown reference',
    'The body names an object that does not exist.',
    'Create what each of `errors` names first.',
  ),
  'bad-token': entry(
    422,
    'Not a token of ours',
    'This token was not made by this installation.',
    'Send the token as the slate gave it, or the decisionId.',
  ),
  'too-old': entry(422, 'Too old', 'Outcomes of more than 400 days ago are not taken.', 'Import them as history instead.'),
  'precondition-required': entry(
    428,
    'If-Match required',
    'A change has to say which revision it changes.',
    'Send If-Match with the ETag that you read.',
  ),
  overloaded: entry(429, 'Too many requests', 'The service has as much work as it can do in time.', 'Wait for Retry-After seconds.', 1),
  'headers-too-large': entry(
    431,
    'Headers too large',
    'The request’s headers are larger than the server reads.',
    'Send fewer or shorter headers.',
  ),
  internal: entry(500, 'Internal error', 'Something went wrong on our side.', 'Tell the operator the `incident`; the log has more.'),
  starting: entry(503, 'Starting', 'The service is not ready to decide yet.', 'Try again in a second.', 1),
  'not-ready': entry(503, 'Not ready', 'Something that the service needs is missing.', 'Each of `checks` says what.', 1),
  'database-away': entry(
    503,
    'Database away',
    'The database does not answer.',
    'Try again in a second; slates and outcomes are taken meanwhile.',
    1,
  ),
  'storage-full': entry(503, 'Storage full', 'Nothing can be written at the moment.', 'Send it again with the same id later.', 5),
} as const satisfies Readonly<Record<string, Entry>>

export type ProblemSlug = keyof typeof PROBLEMS
export const PROBLEM_SLUGS = Object.keys(PROBLEMS) as readonly ProblemSlug[]
export const PROBLEM_TYPE = 'application/problem+json'

/** The table's row of a slug. */
export function problemEntry(slug: ProblemSlug): Entry {
  return PROBLEMS[slug]
}

/** One fault in a body: a JSON pointer (RFC 6901) and a sentence. */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

export interface ProblemMembers {
  readonly detail?: string
  readonly pointer?: string
  readonly errors?: readonly Fault[]
  /** Members of this problem alone, such as `scopes` or `possible`. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by handlers for what the caller or the world did wrong; the shell turns it into the answer. */
export class Problem extends Error {
  readonly slug: ProblemSlug
  readonly members: ProblemMembers

  constructor(slug: ProblemSlug, members: ProblemMembers = {}) {
    super(members.detail ?? PROBLEMS[slug].meaning)
    this.slug = slug
    this.members = members
  }
}

/** The `type` of a problem: a path on this server, where a page explains it. */
export function problemType(slug: ProblemSlug): string {
  return `/problems/${slug}`
}

/** The body of the answer. */
export function problemDocument({ slug, message, members }: Problem): Readonly<Record<string, unknown>> {
  const { title, status } = PROBLEMS[slug]
  const { pointer, errors, extra } = members
  // First, so that no member of its own can stand in for one of the standard.
  return {
    ...extra,
    type: problemType(slug),
    title,
    status,
    detail: message,
    ...(pointer === undefined ? {} : { pointer }),
    ...(errors ? { errors } : {}),
  }
}

/** The headers of the answer, besides its type and length. */
export function problemHeaders({ slug, members }: Problem): Readonly<Record<string, string>> {
  const { retryAfter } = problemEntry(slug)
  return { ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }), ...members.headers }
}

/** What the page of a problem says, as plain text. */
export function problemPage(slug: ProblemSlug): string {
  const { status, title, meaning, remedy } = PROBLEMS[slug]
  return `${status} ${title}\n\n${meaning}\n\nWhat to do: ${remedy}\n`
}
