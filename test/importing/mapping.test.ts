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

  it('tells a row from a header, and says why times are needed', () => {
    for (const columns of [
      ['196', '242', '3', '881250949'],
      ['1::1193::5::978300760'],
      ['1', '2014-04-07T10:51:09.277Z', '214536502', '0'],
    ])
      expect(becauseOf(mappingOf('interactions', columns, asked()))).toContain('That looks like a row, not like names of columns')
    expect(becauseOf(mappingOf('interactions', ['user', 'artist', 'plays'], asked()))).toMatch(
      /--map occurredAt=… Without times nobody can learn/,
    )
    expect(becauseOf(mappingOf('interactions', ['a', 'b'], asked()))).not.toContain('Without times')
  })

  it('knows the names of public sets', () => {
    const found = (columns: readonly string[]) => Object.fromEntries((mappingOf('interactions', columns, asked()) as Mapping).columns)
    expect(found(['userId', 'movieId', 'rating', 'timestamp'])).toEqual({ unit: 'userId', itemId: 'movieId', occurredAt: 'timestamp' })
    expect(found(['timestamp', 'visitorid', 'event', 'itemid', 'transactionid'])).toMatchObject({ type: 'event', basket: 'transactionid' })
    expect(found(['user_id', 'session_id', 'artist_id', 'ts'])).toEqual({ unit: 'user_id', itemId: 'artist_id', occurredAt: 'ts' })
    expect(found(['reviewerID', 'asin', 'unixReviewTime'])).toEqual({ unit: 'reviewerID', itemId: 'asin', occurredAt: 'unixReviewTime' })
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
