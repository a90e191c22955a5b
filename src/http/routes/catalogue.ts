/** The catalogue: what the shop sells. */
import { z } from 'zod'
import { itemBatchSchema, itemEnvelopeSchema, itemResultsSchema, itemSchema } from '../item-request.ts'
import { NDJSON_TYPE, type Route, route } from '../route.ts'
import { pageQuery } from './parts.ts'

const shared = { tag: 'Catalogue', scopes: ['product'] as const } as const
const itemParams = z.strictObject({ itemId: z.string().min(1).max(256) })

export const listItems = route({
  ...shared,
  id: 'listItems',
  method: 'get',
  path: '/v1/items',
  load: 'crud',
  summary: 'All items, by itemId',
  query: pageQuery,
  answers: { 200: { description: 'A page of items.', schema: z.object({ items: z.array(itemSchema) }), headers: ['Link'] } },
  problems: [],
})

export const readItem = route({
  ...shared,
  id: 'readItem',
  method: 'get',
  path: '/v1/items/{itemId}',
  load: 'crud',
  summary: 'One item',
  params: itemParams,
  answers: { 200: { description: 'The item.', schema: itemSchema } },
  problems: ['not-found'],
})

export const putItems = route({
  ...shared,
  id: 'putItems',
  method: 'post',
  path: '/v1/items',
  load: 'bulk',
  summary: 'New and changed items',
  description:
    'Up to 1,000 items as a JSON array, or any number as a stream of lines (application/x-ndjson), which is answered line by line. Every ' +
    'item is whole: what is left out takes its default. A bad item is refused with a pointer and spoils no other.',
  body: {
    schema: itemEnvelopeSchema,
    documented: itemBatchSchema,
    streamed: [NDJSON_TYPE],
    itemProblems: ['invalid', 'bad-json', 'bad-text', 'too-deep', 'too-large'],
  },
  answers: { 200: { description: 'One result an item, in their order.', schema: itemResultsSchema, types: [NDJSON_TYPE] } },
  problems: [],
})

export const discontinueItem = route({
  ...shared,
  id: 'discontinueItem',
  method: 'delete',
  path: '/v1/items/{itemId}',
  load: 'crud',
  summary: 'Takes an item off all slates',
  description: 'The item stays known, because the log names it; it is marked as discontinued.',
  params: itemParams,
  answers: { 204: { description: 'It is discontinued.' } },
  problems: ['not-found'],
})

export const catalogueRoutes = [listItems, readItem, putItems, discontinueItem] as readonly Route[]
