/**
 * Why a row is not taken: a stable reason for machines and tables, and plain words about this row.
 *
 * A refused row is a fault of the file and is written to the refused file; a skipped one is left out by a stated rule of a preset.
 * accepted + refused + skipped = rows read, always.
 */

/** Every reason a row can be refused for, with what it means. */
export const REASONS = {
  'wrong-columns': 'the row has another number of cells than the header',
  'unclosed-quote': 'a quote is opened and never closed',
  'stray-quote': 'something follows a closing quote',
  'record-too-long': 'the row is longer than 262,144 characters; perhaps a quote is never closed',
  'not-json': 'the line is not JSON',
  'not-an-object': 'the line is JSON, but not an object',
  'not-utf8': 'the row has bytes that are not UTF-8 (see --encoding)',
  'nul-character': 'the row has a NUL character, which no text of the database can hold',
  'lone-surrogate': 'the row has half of a surrogate pair, which is no character',
  missing: 'a required value is empty',
  'too-long': 'a text is longer than its limit',
  'not-a-number': 'a value is not a plain decimal number',
  'not-an-integer': 'a value is not a whole number',
  'number-out-of-range': 'a number is beyond what its field can mean',
  'not-a-time': 'a time is not in a form that is understood',
  'no-such-time': 'a date or time of day that does not exist',
  'time-out-of-range': 'a time before 1990 or after 2099',
  'not-a-currency': 'a currency is not an ISO 4217 code such as EUR',
  'not-a-country': 'a country is not an ISO 3166-1 alpha-2 code such as DE',
  'not-a-type': 'an interaction type is not lower-case letters, digits, ".", "_" or "-"',
  'not-a-flag': 'a yes-or-no value is neither',
  'negative-purchase': 'a quantity or an amount is negative, but the row does not call itself a return',
} as const
export type Reason = keyof typeof REASONS

export interface Refused {
  readonly kind: 'refused'
  readonly reason: Reason
  /** Plain words about this row. */
  readonly because: string
}

/** Left out by a rule of a preset. */
export interface Skipped {
  readonly kind: 'skipped'
  readonly rule: string
}

export interface Accepted<Row> {
  readonly kind: 'accepted'
  readonly row: Row
  /** Things worth counting about an accepted row, e.g. that it has no shopper. */
  readonly notes: readonly string[]
}

export type Verdict<Row> = Accepted<Row> | Refused | Skipped

const SHOWN_CHARS_MAX = 60

export function refused(reason: Reason, because: string = REASONS[reason]): Refused {
  return { kind: 'refused', reason, because }
}

/** True for a refusal among plain values; accepted values are never objects with a kind. */
export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && (value as Partial<Refused>).kind === 'refused'
}

/** The parts of a row when none of them is refused, else the first refusal in their order. */
export function whole<Parts extends object>(parts: Parts): { readonly [Key in keyof Parts]: Exclude<Parts[Key], Refused> } | Refused {
  for (const key in parts) {
    const part = parts[key]
    if (isRefused(part)) return part
  }
  return parts as { readonly [Key in keyof Parts]: Exclude<Parts[Key], Refused> }
}

/** A cell as it is quoted in a sentence: shortened, with control characters made visible. */
export function shown(cell: string): string {
  return JSON.stringify(cell.length > SHOWN_CHARS_MAX ? `${cell.slice(0, SHOWN_CHARS_MAX)}…` : cell)
}
