/** The fields that a file can fill, and the column names they are recognised by (letters and digits only, lower-case, best first). */

export type Kind = 'items' | 'interactions'

export interface Field {
  readonly name: string
  readonly required: boolean
  readonly means: string
  readonly columns: readonly string[]
}

const ITEM_ID = [
  'itemid',
  'item',
  'sku',
  'productid',
  'articleid',
  'stockcode',
  'articleno',
  'productcode',
  'itemcode',
  'variantid',
  'asin',
  'parentasin',
  'movieid',
  'trackid',
  'songid',
  'artistid',
  'bookid',
  'isbn',
  'contentid',
  'newsid',
  'gameid',
  'listingid',
  'offerid',
  'businessid',
  'iid',
  'product',
  'movie',
  'track',
  'song',
  'artist',
  'book',
]
const TITLE = ['title', 'name', 'productname', 'itemname', 'producttitle', 'description', 'label']

export const ITEM_FIELDS: readonly Field[] = [
  { name: 'itemId', required: true, means: 'the shop’s own id', columns: [...ITEM_ID, 'id'] },
  { name: 'title', required: false, means: 'what the shopper reads', columns: TITLE },
  {
    name: 'category',
    required: false,
    means: 'one category',
    columns: ['category', 'categoryname', 'producttype', 'department', 'categoryid'],
  },
  { name: 'brand', required: false, means: 'the brand', columns: ['brand', 'brandname', 'manufacturer', 'vendor'] },
  { name: 'price', required: false, means: 'price of one piece', columns: ['price', 'unitprice', 'saleprice', 'listprice'] },
  { name: 'margin', required: false, means: 'what is left of the price', columns: ['margin', 'grossmargin', 'contribution'] },
  { name: 'currency', required: false, means: 'ISO 4217 code of price and margin', columns: ['currency', 'currencycode'] },
  { name: 'stock', required: false, means: 'pieces in stock', columns: ['stock', 'stocklevel', 'inventory', 'available', 'quantity'] },
  { name: 'seller', required: false, means: 'who sells it, on a marketplace', columns: ['seller', 'sellername', 'sellerid', 'merchant'] },
  { name: 'countries', required: false, means: 'where it may be shown, as “DE AT”; empty: everywhere', columns: ['countries', 'soldin'] },
  { name: 'discontinued', required: false, means: 'yes when it is sold no more', columns: ['discontinued', 'delisted', 'archived'] },
]

export const INTERACTION_FIELDS: readonly Field[] = [
  {
    name: 'unit',
    required: false,
    means: 'who; stored as a pseudonym only',
    columns: [
      'unit',
      'shopperid',
      'shopper',
      'userid',
      'customerid',
      'visitorid',
      'clientid',
      'user',
      'customer',
      'personid',
      'householdid',
      'memberid',
      'accountid',
      'reviewerid',
      'uid',
      'sessionid',
      'session',
    ],
  },
  { name: 'itemId', required: true, means: 'the shop’s own id', columns: ITEM_ID },
  { name: 'title', required: false, means: 'names an item that is new', columns: TITLE },
  {
    name: 'type',
    required: false,
    means: 'view, click, add-to-cart, purchase, return, …; purchase when there is no such column',
    columns: ['type', 'eventtype', 'event', 'eventname', 'action', 'interaction', 'interactiontype', 'behaviour', 'behavior'],
  },
  {
    name: 'quantity',
    required: false,
    means: 'pieces; 1 when there is no such column',
    columns: ['quantity', 'qty', 'pieces', 'amountofitems'],
  },
  {
    name: 'value',
    required: false,
    means: 'money of the whole row',
    columns: ['value', 'revenue', 'amount', 'total', 'salesvalue', 'lineamount'],
  },
  { name: 'unitPrice', required: false, means: 'price of one piece, when there is no value', columns: ['unitprice', 'price', 'itemprice'] },
  { name: 'currency', required: false, means: 'ISO 4217 code of the money', columns: ['currency', 'currencycode'] },
  {
    name: 'occurredAt',
    required: true,
    means: 'when; UTC unless it names a zone',
    columns: [
      'occurredat',
      'timestamp',
      'eventtime',
      'datetime',
      'time',
      'date',
      'createdat',
      'invoicedate',
      'orderdate',
      'purchasedat',
      'eventtimestamp',
      'unixreviewtime',
      'unixtime',
      'starttime',
      'ts',
      'day',
    ],
  },
  {
    name: 'basket',
    required: false,
    means: 'what was bought together',
    columns: ['basket', 'basketid', 'orderid', 'order', 'invoiceno', 'invoice', 'transactionid', 'receipt'],
  },
]

export function fieldsOf(kind: Kind): readonly Field[] {
  return kind === 'items' ? ITEM_FIELDS : INTERACTION_FIELDS
}

/** `Item ID`, `item_id` and `itemId` are one name. */
export function plainName(column: string): string {
  return column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}
