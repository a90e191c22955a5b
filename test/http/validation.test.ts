import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pageAnswer } from '../../src/http/paging.ts'
import { Problem, type ProblemMembers } from '../../src/http/problems.ts'
import { queryOf, validated } from '../../src/http/validation.ts'

const schema = z.strictObject({ size: z.number().max(100), arms: z.array(z.strictObject({ key: z.string() })).default([]) })

function membersOf(run: () => unknown): ProblemMembers {
  try {
    run()
  } catch (error) {
    if (error instanceof Problem) return error.members
  }
  throw new Error('there was no problem')
}

describe('validation', () => {
  it('gives the value as the schema makes it', () => {
    expect(validated(schema, { size: 3 })).toEqual({ size: 3, arms: [] })
  })

  it('names every fault with its place', () => {
    const { errors, pointer, detail } = membersOf(() => validated(schema, { size: 300, arms: [{ key: 1 }], colour: 'red', 'a/b': 1 }))
    expect(errors?.map((fault) => fault.pointer)).toEqual(['/size', '/arms/0/key', '/colour', '/a~1b'])
    expect(pointer).toBe('/size')
    expect(detail).toMatch(/^\/size: Too big/)
  })

  it('says it of the whole body when there is no place', () => {
    expect(membersOf(() => validated(schema, []))).toMatchObject({ pointer: '', detail: 'Invalid input: expected object, received array.' })
  })

  it('names twenty faults at most', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, 1]))
    expect(membersOf(() => validated(schema, { size: 1, ...many })).errors).toHaveLength(20)
    expect(membersOf(() => validated(z.array(z.string()), Array(50).fill(1))).errors).toHaveLength(20)
  })
})

describe('a query', () => {
  const of = (url: string) => ({ ...queryOf({ url } as IncomingMessage) })

  it('is read from the address', () => {
    expect(of('/v1/items')).toEqual({})
    expect(of('/v1/items?limit=5&after=a%20b')).toEqual({ limit: '5', after: 'a b' })
    expect(of('/v1/items?__proto__=1&constructor=2')).toEqual({ ['__proto__']: '1', constructor: '2' })
  })

  it('does not say a thing twice', () => {
    expect(membersOf(() => of('/?limit=1&limit=2'))).toMatchObject({ pointer: '/limit', detail: '/limit: is given twice.' })
  })
})

describe('a page of a list', () => {
  const all = ['a', 'b&c', 'd', 'e']
  const page = (limit: number, after?: string) =>
    pageAnswer({
      path: '/v1/things',
      name: 'things',
      page: { limit, after },
      read: async (wanted) => all.filter((key) => wanted.after === undefined || key > wanted.after).slice(0, wanted.limit),
      keyOf: (key) => key,
      shown: (key) => ({ key }),
    })

  it('names the next one, from page to page until the last', async () => {
    const first = await page(2)
    expect(JSON.parse(String(first.body))).toEqual({ things: [{ key: 'a' }, { key: 'b&c' }] })
    expect(first.headers).toEqual({ Link: '</v1/things?limit=2&after=b%26c>; rel="next"' })
    const second = await page(2, 'b&c')
    expect(JSON.parse(String(second.body))).toEqual({ things: [{ key: 'd' }, { key: 'e' }] })
    expect(second.headers).toEqual({})
  })
})
