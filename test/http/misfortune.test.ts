import { describe, expect, it } from 'vitest'
import { misfortuneOf } from '../../src/http/misfortune.ts'
import { Problem } from '../../src/http/problems.ts'

const withCode = (code: string) => Object.assign(new Error('secret of the inside'), { code })

describe('misfortune', () => {
  it.each([
    ['ECONNREFUSED', 'database-away'],
    ['ECONNRESET', 'database-away'],
    ['08006', 'database-away'],
    ['57P01', 'database-away'],
    ['57P03', 'database-away'],
    ['53300', 'database-away'],
    ['3D000', 'database-away'],
    ['28P01', 'database-away'],
    ['40001', 'database-away'],
    ['57014', 'database-away'],
    ['53100', 'storage-full'],
    ['25006', 'storage-full'],
    ['ENOSPC', 'storage-full'],
    ['23505', 'internal'],
    ['42P01', 'internal'],
    ['ERR_ASSERTION', 'internal'],
  ])('with the code %s is told as %s', (code, slug) => {
    expect(misfortuneOf(withCode(code)).problem.slug).toBe(slug)
  })

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Query read timeout',
    'Knex: Timeout acquiring a connection. The pool is probably full.',
  ])('without a code is known by its words: %s', (message) => {
    expect(misfortuneOf(new Error(message)).problem.slug).toBe('database-away')
  })

  it('of our own making is a crash whose text stays inside', () => {
    const { problem, isCrash } = misfortuneOf(new TypeError('secret of the inside'))
    expect(isCrash).toBe(true)
    expect(problem.slug).toBe('internal')
    expect(problem.members.extra?.incident).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.stringify([problem.message, problem.members])).not.toContain('secret')
  })

  it('that is a problem already stays what it is', () => {
    const problem = new Problem('exists')
    expect(misfortuneOf(problem)).toEqual({ problem, isCrash: false })
  })

  it.each([null, undefined, 'text', 7, {}])('can be anything that is thrown: %j', (thrown) => {
    expect(misfortuneOf(thrown)).toMatchObject({ isCrash: true })
  })
})
