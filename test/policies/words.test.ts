import { describe, expect, it } from 'vitest'
import { BUCKETS, bucketsOf, textOf } from '../../src/policies/words.ts'

describe('the words of an item', () => {
  it('are the same in any case and number, whatever stands between them', () => {
    expect(bucketsOf('Red T-Light HOLDERS')).toEqual(bucketsOf('red, t light – holder'))
    expect(bucketsOf('glass')).not.toEqual(bucketsOf('glas'))
    expect(bucketsOf('ＣＡＦÉ Straße 北京')).toEqual(bucketsOf('café straße 北京'))
  })

  it('lie in the buckets there are, repetitions kept', () => {
    const buckets = bucketsOf('one two one')
    expect(buckets[0]).toBe(buckets[2])
    expect(buckets.every((bucket) => bucket >= 0 && bucket < BUCKETS)).toBe(true)
    expect(bucketsOf(' – ! ')).toEqual([])
  })

  it('hold category, brand and attributes as words and whole', () => {
    const text = textOf({ title: 'Glide', category: 'Trail Running', brand: null, attributes: { drop: 8, tags: ['x'], sole: 'wide-fit' } })
    expect(text).toBe('Glide Trail Running category=Trail-Running 8 drop=8 wide-fit sole=wide-fit')
    expect(bucketsOf(text)).toHaveLength(9)
  })

  it('seldom share a bucket', () => {
    const distinct = new Set(Array.from({ length: 5000 }, (_, i) => bucketsOf(`word${i}x`)[0]))
    expect(distinct.size).toBeGreaterThan(4800)
  })
})
