import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contract } from '../../src/http/contract.ts'
import { docsPage } from '../../src/http/docs-page.ts'
import { escaped, prose, schemaHtml, typeHtml } from '../../src/http/docs-schema.ts'
import { openApiOf } from '../../src/http/openapi.ts'

describe('the page of the contract', () => {
  const { html, policy } = docsPage(openApiOf(contract))

  it('shows every route with its summary', () => {
    for (const { path, summary } of contract) {
      expect(html).toContain(`<code>${escaped(path)}</code>`)
      expect(html).toContain(escaped(summary))
    }
  })

  it('loads nothing from anywhere and runs nothing', () => {
    expect(html).not.toMatch(/<script|<img|<link|@import|url\(|https?:/i)
  })

  it('is let in by its own policy, style for style', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(policy).toContain("default-src 'none'")
  })

  it('has a place for every link to a shape', () => {
    for (const [, name] of html.matchAll(/href="#([\w-]+)"/g)) expect(html).toContain(`id="${name}"`)
  })
})

describe('a schema as HTML', () => {
  it('escapes what it shows', () => {
    expect(typeHtml({ const: '<b>' })).toBe('<code>&quot;&lt;b&gt;&quot;</code>')
    expect(prose('use `a<b`')).toBe('use <code>a&lt;b</code>')
  })

  it.each([
    [{ type: 'array', items: { $ref: '#/components/schemas/Arm' } }, 'list of <a href="#schema-Arm">Arm</a>'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
    [{ type: 'string', enum: ['a', 'b'] }, '<code>a</code> <code>b</code>'],
    [{}, 'anything'],
  ])('%j is said as %s', (schema, html) => {
    expect(typeHtml(schema)).toBe(html)
  })

  it('names members with their bounds, defaults and marks', () => {
    const html = schemaHtml({
      type: 'object',
      properties: { size: { type: 'integer', minimum: 1, default: 10, description: 'Items.' }, id: { type: 'string', readOnly: true } },
      required: ['size'],
    })
    expect(html).toContain(
      '<code>size</code></td><td>integer <em>required</em><br><small>≥ 1, default <code>10</code></small></td><td>Items.',
    )
    expect(html).toContain('<em>set by the server</em>')
  })
})
