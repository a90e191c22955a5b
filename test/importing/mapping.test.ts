import { describe, expect, it } from 'vitest'
import { askedOf, fingerprintOf, type Mapping, mappingOf } from '../../src/importing/mapping.ts'

const asked = (...options: string[]) => askedOf(options) as ReadonlyMap<string, string>
const becauseOf = (value: object) => ('because' in value ? value.because : null)

describe('a mapping', () => {
  it('recognises columns by well-known names, however they are written', () => {
    const mapping = mappingOf('interactions', ['Customer ID', 'product_id', 'EventType', 'Timestamp', 'Colour'], asked()) as Mapping
    expect([...mapping.columns]).toEqual([
      ['unit', 'Customer ID'],
      ['itemId', 'product_id'],
      ['type', 'EventType'],
      ['occurredAt', 'Timestamp'],
    ])
    expect(mapping.unused).toEqual(['Colour'])
  })

  it('prefers what is said to what is recognised', () => {
    const columns = ['sku', 'description', 'price', 'attributes.drop', 'Colour']
    const mapping = mappingOf('items', columns, asked('title=sku', 'itemId=description', 'attributes.colour=colour')) as Mapping
    expect([...mapping.columns]).toEqual([
      ['title', 'sku'],
      ['itemId', 'description'],
      ['price', 'price'],
    ])
    expect(mapping.attributes).toEqual([
      { name: 'colour', position: 4 },
      { name: 'drop', position: 3 },
    ])
    expect(mapping.unused).toEqual([])
  })

  it('says what is missing and what there is', () => {
    expect(becauseOf(mappingOf('interactions', ['a', 'b'], asked()))).toBe(
      'no column was recognised for itemId and occurredAt; the file has a, b. Say it: --map itemId=…',
    )
    expect(becauseOf(mappingOf('items', ['sku'], asked('title=name')))).toBe('there is no column "name"; the file has sku')
    expect(becauseOf(mappingOf('items', ['sku', 'x'], asked('size=x')))).toContain('there is no field "size"; items have itemId, title')
    expect(becauseOf(mappingOf('items', ['sku', 'x', 'x'], asked('title=x')))).toBe('the column "x" stands in the header twice')
    expect(becauseOf(askedOf(['title']))).toContain('write field=column')
  })

  it('has one fingerprint, whether it was said or recognised', () => {
    const columns = ['sku', 'name', 'price']
    const recognised = mappingOf('items', columns, asked()) as Mapping
    const said = mappingOf('items', columns, asked('price=price', 'title=name', 'itemId=sku')) as Mapping
    const other = mappingOf('items', columns, asked('title=sku', 'itemId=name')) as Mapping
    expect(fingerprintOf(said)).toBe(fingerprintOf(recognised))
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(recognised))
  })
})
