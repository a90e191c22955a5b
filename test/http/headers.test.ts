import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { etagOf, isKnown, revisionOf } from '../../src/http/etag.ts'
import { negotiated } from '../../src/http/negotiation.ts'
import { Problem } from '../../src/http/problems.ts'

describe('an ETag', () => {
  it('comes back as the revision that it names', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (revision) => {
        expect(revisionOf({ 'if-match': etagOf(revision) })).toBe(revision)
        expect(isKnown({ 'if-none-match': etagOf(revision) }, etagOf(revision))).toBe(true)
        expect(isKnown({ 'if-none-match': etagOf(revision + 1) }, etagOf(revision))).toBe(false)
      }),
    )
  })

  it('is not asked for by the header that is not there', () => {
    expect(revisionOf({})).toBeUndefined()
    expect(isKnown({}, '"1"')).toBe(false)
  })

  it.each(['*', '3', 'W/"3"', '"3", "4"', '"x"', ''])('of the form %j does not match a change', (header) => {
    expect(() => revisionOf({ 'if-match': header })).toThrow(Problem)
  })

  it.each(['*', 'W/"3"', '"1", "3"', ' "3" '])('is recognised by a reader who sends %j', (header) => {
    expect(isKnown({ 'if-none-match': header }, '"3"')).toBe(true)
  })
})

describe('content negotiation', () => {
  const formats = [
    { name: 'json', type: 'application/json' },
    { name: 'csv', type: 'text/csv' },
    { name: 'text', type: 'text/plain' },
  ] as const

  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['text/csv', 'csv'],
    ['text/*', 'csv'],
    ['text/*;q=0.5, text/plain', 'text'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['application/json;q=0.1, text/plain;q=0.2', 'text'],
    ['application/json;q=0, */*', 'csv'],
    ['TEXT/CSV; charset=utf-8', 'csv'],
    ['image/png', null],
    ['application/json;q=0', null],
    ['application/json;q=nonsense', null],
  ])('answers Accept: %s with %s', (accept, name) => {
    expect(negotiated(accept, formats)).toBe(name)
  })
})
