/** The generated pages of docs/: texts made from the tables that the service itself runs on. */
import { z } from 'zod'
import { configSchema } from '../src/config.ts'
import { contract } from '../src/http/contract.ts'
import { openApiOf } from '../src/http/openapi.ts'
import { PROBLEM_SLUGS, PROBLEMS, problemType } from '../src/http/problems.ts'

const MADE = 'Made by `npm run generate`; do not edit.'

/** Every generated page by its path in the repository. */
export function pages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/openapi.json', `${JSON.stringify(openApiOf(contract), null, 2)}\n`],
    ['docs/errors.md', errorsPage()],
    ['docs/configuration.md', configurationPage()],
  ])
}

/** One section a problem: what happened, what to do. */
function errorsPage(): string {
  const sections = PROBLEM_SLUGS.map((slug) => {
    const { status, title, meaning, remedy } = PROBLEMS[slug]
    return `## ${slug}\n\n**${status}** · ${title} · \`${problemType(slug)}\`\n\n${meaning}\n\n*What to do:* ${remedy}\n`
  })
  return `# Errors

${MADE}

Every error is a problem of RFC 9457, sent as \`application/problem+json\`. Its \`type\` is a path on the same server, where a page of plain
text explains it. \`detail\` is a sentence about this very case; \`pointer\` is a JSON pointer (RFC 6901) to the first fault in the body, and
\`errors\` lists all of them. In bulk answers a refused item carries a small problem of its own with \`type\`, \`detail\` and \`pointer\`.

\`\`\`json
{
  "type": "/problems/invalid",
  "title": "Invalid",
  "status": 422,
  "detail": "/size: Too big: expected number to be <=100.",
  "pointer": "/size",
  "errors": [{ "pointer": "/size", "detail": "Too big: expected number to be <=100" }]
}
\`\`\`

${sections.join('\n')}`
}

interface Shape {
  readonly type?: string
  readonly default?: unknown
  readonly description?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

/** One row an environment variable. */
function configurationPage(): string {
  const { properties } = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as {
    properties: Readonly<Record<string, Shape>>
  }
  const rows = Object.entries(properties).map(
    ([name, shape]) => `| \`${name}\` | ${valuesOf(shape)} | ${standardOf(shape)} | ${(shape.description ?? '').replaceAll('<', '\\<')} |`,
  )
  return `# Configuration

${MADE}

Croupier is configured by environment variables; without any it runs on its own. A name that begins with \`CROUPIER_\` and is not in this
table stops the start, and the message names the nearest one.

| name | values | default | what it does |
|---|---|---|---|
${rows.join('\n')}
`
}

function valuesOf({ type, enum: choices, minimum, maximum }: Shape): string {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${minimum}–${maximum}`
  return type === 'string' ? 'text' : (type ?? 'text')
}

function standardOf(shape: Shape): string {
  return shape.default === undefined ? 'none' : `\`${shape.default}\``
}
