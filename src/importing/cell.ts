/** Single cells: what every field asks of its text before it means anything. */
import { exponentOf } from '../experiments/money.ts'
import { type Refused, refused, shown } from './refusal.ts'

/** Longest texts in characters. */
export const ID_CHARS_MAX = 256
export const TITLE_CHARS_MAX = 1000
export const ATTRIBUTE_CHARS_MAX = 1000
const TYPE = /^[a-z0-9][a-z0-9._-]{0,63}$/
const CURRENCY = /^[A-Z]{3}$/
const YES = new Set(['true', 'yes', 'y', '1', 't'])
const NO = new Set(['', 'false', 'no', 'n', '0', 'f'])

/** Types as other systems call them; every other name is taken as it is. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  pageview: 'view',
  detail: 'view',
  'product-view': 'view',
  impression: 'view',
  addtocart: 'add-to-cart',
  cart: 'add-to-cart',
  transaction: 'purchase',
  buy: 'purchase',
  order: 'purchase',
  sale: 'purchase',
  refund: 'return',
}

/** The trimmed text, null when it is empty. */
export function optionalText(cell: string, field: string, charsMax: number): string | null | Refused {
  const text = cell.trim()
  if (text.length > charsMax) return refused('too-long', `${field} is longer than ${charsMax} characters`)
  return text === '' ? null : text
}

/** The trimmed text, refused when it is empty. */
export function requiredText(cell: string, field: string, charsMax: number): string | Refused {
  return optionalText(cell, field, charsMax) ?? refused('missing', `${field} is empty`)
}

/** A currency's code; `fallback` for an empty cell. */
export function currencyOf(cell: string, fallback: string): string | Refused {
  const text = cell.trim().toUpperCase()
  if (text === '') return fallback
  return CURRENCY.test(text) ? text : refused('not-a-currency', `currency ${shown(cell)} is not an ISO 4217 code such as EUR`)
}

/** Digits after the point of a currency. */
export function digitsOf(currency: string): number {
  return exponentOf(currency)
}

/** An interaction's type under our own name for it. */
export function typeOf(cell: string): string | Refused {
  const text = cell.trim().toLowerCase().replaceAll(/[_\s]/g, '-')
  const type = TYPE_NAMES[text] ?? text
  return TYPE.test(type) ? type : refused('not-a-type', `type ${shown(cell)} is not a name such as add-to-cart`)
}

export function flagOf(cell: string, field: string): boolean | Refused {
  const text = cell.trim().toLowerCase()
  if (YES.has(text)) return true
  return NO.has(text) ? false : refused('not-a-flag', `${field} ${shown(cell)} is neither yes nor no`)
}

/** Why a record's text can not be stored at all, whatever its cells mean; null when it can. */
export function damageOf(text: string): Refused | null {
  if (text.includes('\0')) return refused('nul-character')
  if (text.includes('\ufffd')) return refused('not-utf8')
  return text.isWellFormed() ? null : refused('lone-surrogate')
}
