import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEPTH_MAX, isStorable, readJson } from '../../src/http/json.ts'
import { Problem } from '../../src/http/problems.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function problemOf(text: string | Uint8Array): Problem {
  try {
    readJson(typeof text === 'string' ? bytes(text) : text)
  } catch (error) {
    if (error instanceof Problem) return error
  }
  throw new Error(`${text} was read without a problem`)
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('JSON from strangers', () => {
  it('is read as JSON.parse reads it when nothing is wrong', () => {
    const storable = fc.string({ unit: 'grapheme' }).filter(isStorable)
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(storable, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
      node: fc.oneof(
        { maxDepth: 5 },
        tie('leaf'),
        fc.array(tie('node'), { maxLength: 5 }),
        fc.dictionary(storable, tie('node'), { maxKeys: 5 }),
      ),
    })).node
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (sent, indent) => {
        const text = JSON.stringify(sent, null, indent)
        expect(readJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['{"a":1,}', 7, 1, 8],
    ['{"a": x}', 6, 1, 7],
    ['abc', 0, 1, 1],
    ['', 0, 1, 1],
    ['{"a"', 4, 1, 5],
    ['{\n  "a": 1,\n  "b": ?\n}', 19, 3, 8],
    ['[1, , 2]', 4, 1, 5],
    ['[1 2]', 3, 1, 4],
    ['{"a" "b"}', 5, 1, 6],
    ['[tru]', 1, 1, 2],
    ['{"deep": [1, {"b": nope}]}', 19, 1, 20],
    ["{'a':1}", 1, 1, 2],
  ])('%j is refused with the position', (text, offset, line, column) => {
    const { slug, members } = problemOf(text)
    expect(slug).toBe('bad-json')
    expect(members.extra).toEqual({ position: { offset, line, column } })
  })

  it('is refused exactly where a foreign character stands', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.integer(), b: fc.boolean() }), { minLength: 1, maxLength: 4 }), fc.nat(), (value, at) => {
        const text = JSON.stringify(value)
        const places = [...text].flatMap((character, i) => (/[[{:,\]}]/.test(character) ? [i] : []))
        const place = places[at % places.length]!
        const { members } = problemOf(`${text.slice(0, place)}§${text.slice(place)}`)
        expect((members.extra as { position: { offset: number } }).position.offset).toBe(place)
      }),
    )
  })

  it('is refused when it is not UTF-8', () => {
    expect(problemOf(new Uint8Array([0x22, 0xff, 0x22])).message).toMatch(/not UTF-8/)
  })

  it.each([
    ['a NUL', '{"a":{"b":["x","y\\u0000"]}}', '/a/b/1'],
    ['half of a pair', '{"unit":"\\ud83d"}', '/unit'],
    ['a NUL in a name', '{"a\\u0000":1}', '/a\0'],
    ['half of a pair in a name with a slash', '{"x/\\udc00":1}', '/x~1\ufffd'],
  ])('is refused with a pointer for %s', (_, text, pointer) => {
    const { slug, members } = problemOf(text)
    expect(slug).toBe('bad-text')
    expect(members.pointer).toBe(pointer)
  })

  it('keeps whole pairs and escaped letters', () => {
    expect(readJson(bytes('"\\ud83d\\ude00\\u0041"'))).toBe('😀A')
  })

  it(`may be nested ${DEPTH_MAX} deep and no deeper, however deep it is`, () => {
    expect(readJson(bytes(nested(DEPTH_MAX)))).toBeDefined()
    expect(problemOf(nested(DEPTH_MAX + 1)).slug).toBe('too-deep')
    expect(problemOf(nested(400_000)).slug).toBe('too-deep')
  })

  it('gives a member named __proto__ no power', () => {
    const value = readJson(bytes('{"__proto__":{"admin":true},"a":1}')) as { admin?: boolean }
    expect(value.admin).toBeUndefined()
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"arms":[{"key":"x"},{"key":"y","policy":"p","key" : "z"}]}', '/arms/1/key'],
    ['[1,[{"a":{"b/c":1}},"a:\\"b\\":",{"x\\\\":1,"x\\\\":2}]]', '/1/2/x\\'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ])('is refused where a name stands twice in one object: %s', (text, pointer) => {
    const { slug, members } = problemOf(text)
    expect([slug, members.pointer]).toEqual(['bad-json', pointer])
  })

  it('may name the same thing in different objects, and quote what looks like a name', () => {
    for (const text of ['[{"a":1},{"a":2}]', '{"a":{"a":{"a":1}}}', '{"a":"\\"a\\":1","b":"x:"}', '{"a": "a" , "b":"a\\\\"}'])
      expect(readJson(bytes(text))).toEqual(JSON.parse(text))
  })

  it('is refused for a repeated name wherever it stands, and only then', () => {
    const name = fc.oneof(fc.constantFrom('a', '"', '\\', ':', '{', 'a":', '\\"'), fc.string({ unit: 'grapheme-ascii', maxLength: 4 }))
    const members = fc.array(fc.tuple(name, fc.oneof(fc.integer(), name, fc.array(name, { maxLength: 2 }))), { maxLength: 6 })
    fc.assert(
      fc.property(members, fc.boolean(), (list, isInner) => {
        const object = `{${list.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(' , ')}}`
        const text = isInner ? `{"outer":[0,${object}]}` : object
        const repeats = new Set(list.map(([key]) => key)).size < list.length
        if (repeats) expect(problemOf(text).slug).toBe('bad-json')
        else expect(readJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })
})
