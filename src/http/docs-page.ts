/** The contract as one page for people. It is made of the OpenAPI document and needs nothing from elsewhere: no script, no font, no image. */
import { createHash } from 'node:crypto'
import { escaped, prose, schemaHtml, typeHtml } from './docs-schema.ts'
import type { Json, OpenApi } from './openapi.ts'
import { PROBLEM_SLUGS, PROBLEMS, problemType } from './problems.ts'

export interface DocsPage {
  readonly html: string
  /** Content-Security-Policy that lets this very style in, and nothing else. */
  readonly policy: string
}

const STYLE = `:root{color-scheme:light dark;--line:light-dark(#ddd,#444);--dim:light-dark(#666,#aaa);--soft:light-dark(#f5f5f3,#222)}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:3rem;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:0 1rem}
details[open]{padding-bottom:1rem}summary{cursor:pointer;padding:.6rem 0}summary b{display:inline-block;min-width:4.5rem}
summary span,small,em{color:var(--dim)}em{font-size:.85em}h4{margin:1rem 0 .25rem}
table{border-collapse:collapse;width:100%}td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top}td:first-child{white-space:nowrap}
code,pre{font:.9em ui-monospace,monospace;background:var(--soft);border-radius:3px;padding:0 .2em}pre{padding:.6rem;overflow-x:auto}.or{color:var(--dim);margin:.3rem}`

/** The page of a document. */
export function docsPage({ info, paths, components }: OpenApi & { readonly info?: Json }): DocsPage {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const byTag = Map.groupBy(operations, ({ operation }) => (operation.tags as readonly string[])[0]!)
  const sections = [...byTag].map(
    ([tag, all]) => `<h2>${escaped(tag)}</h2>${all.map((one) => operationHtml(one, components.schemas)).join('')}`,
  )
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Croupier: the API</title><style>${STYLE}</style></head>
<body><h1>${escaped(info?.title)}</h1><p>${prose(info?.description)}</p>
<p>Send <code>Authorization: Bearer &lt;key&gt;</code>. For programs: <a href="/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
<h2>Shapes</h2>${Object.entries(components.schemas).map(shapeHtml).join('')}
<h2>Problems</h2><table>${PROBLEM_SLUGS.map(problemRow).join('')}</table>
</body></html>
`
  const hash = createHash('sha256').update(STYLE).digest('base64')
  return { html, policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` }
}

interface Operation {
  readonly path: string
  readonly method: string
  readonly operation: Json
}

function operationHtml({ path, method, operation }: Operation, schemas: Readonly<Record<string, Json>>): string {
  const scopes = operation['x-scopes'] as readonly string[]
  const parameters = operation.parameters as readonly Json[]
  const body = (operation.requestBody as Json | undefined)?.content as Readonly<Record<string, Json>> | undefined
  return `<details id="${escaped(operation.operationId)}"><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> <span>${escaped(operation.summary)}</span></summary>
<p>${prose(operation.description)}</p><p>${scopes.length === 0 ? 'Open to everyone.' : `Scope: ${scopes.map((scope) => `<code>${scope}</code>`).join(' or ')}.`}</p>
${parameters.length > 0 ? `<h4>Parameters</h4><table>${parameters.map(parameterRow).join('')}</table>` : ''}
${body ? `<h4>Body</h4>${contentHtml(body, schemas)}` : ''}
<h4>Answers</h4><table>${Object.entries(operation.responses as Readonly<Record<string, Json>>)
    .map(responseRow)
    .join('')}</table></details>`
}

function parameterRow({ name, in: place, required, description, schema }: Json): string {
  return `<tr><td><code>${escaped(name)}</code></td><td>${place}, ${typeHtml(schema as Json)}${required ? ' <em>required</em>' : ''}</td><td>${prose(description)}</td></tr>`
}

function contentHtml(content: Readonly<Record<string, Json>>, schemas: Readonly<Record<string, Json>>): string {
  return Object.entries(content)
    .map(
      ([type, { schema, example }]) =>
        `<p><code>${escaped(type)}</code>: ${typeHtml(schema as Json)}</p>${exampleHtml(example ?? exampleOf(schema as Json, schemas))}`,
    )
    .join('')
}

function exampleOf(schema: Json, schemas: Readonly<Record<string, Json>>): unknown {
  const named = typeof schema.$ref === 'string' ? schemas[schema.$ref.split('/').at(-1)!] : schema
  return (named?.examples as readonly unknown[] | undefined)?.[0]
}

function exampleHtml(example: unknown): string {
  return example === undefined ? '' : `<pre>${escaped(JSON.stringify(example, null, 2))}</pre>`
}

function responseRow([status, { description, content }]: [string, Json]): string {
  const types = Object.entries((content ?? {}) as Readonly<Record<string, Json>>)
  const bodies = types.map(([type, { schema }]) => `${escaped(type)}${(schema as Json).$ref ? `: ${typeHtml(schema as Json)}` : ''}`)
  return `<tr><td>${status}</td><td>${prose(description)}</td><td>${bodies.join('<br>')}</td></tr>`
}

function shapeHtml([name, schema]: [string, Json]): string {
  return `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code> <span>${prose(schema.description)}</span></summary>${schemaHtml(schema)}</details>`
}

function problemRow(slug: (typeof PROBLEM_SLUGS)[number]): string {
  const { status, meaning, remedy } = PROBLEMS[slug]
  return `<tr><td><a href="${problemType(slug)}">${slug}</a></td><td>${status}</td><td>${prose(meaning)} ${prose(remedy)}</td></tr>`
}
