/** Numbers as people read them, in one fixed language: grouped, rounded to what the data can tell, never NaN and never "-0.00". */
import type { Bounds, Measure } from './report-shape.ts'

/** Beyond this a number is written with an exponent: nobody reads 22 digits. */
const PLAIN_MAX = 1e12
const DECIMALS_MAX = 8
/** Shares below this many percent are told apart by nobody. */
const SHARE_LEAST = 0.001
const formats = new Map<string, Intl.NumberFormat>()

/** How a measure is written, with so many decimals; the same ones in all arms, so that columns can be compared. */
export interface Wording {
  readonly measure: Measure
  readonly decimals: number
}

/**
 * The wording for values whose uncertainty is about `halfWidth` (of an interval, in the measure's own units): two digits of it are shown,
 * since more would be noise. Money has at least the decimals of its currency.
 */
export function wordingFor(measure: Measure, halfWidth: number | undefined, currencyDigits = 0): Wording {
  const shown = halfWidth === undefined ? undefined : halfWidth * (measure.kind === 'share' ? 100 : 1)
  const digits = shown !== undefined && shown > 0 ? 1 - Math.floor(Math.log10(shown)) : 2
  const least = measure.kind === 'money' ? currencyDigits : 0
  return { measure, decimals: Math.min(Math.max(digits, least, 0), DECIMALS_MAX) }
}

/** A value: "4.90 %", "12.34 EUR", "1.82". */
export function valueWords(value: number, { measure, decimals }: Wording): string {
  return measure.kind === 'share'
    ? `${plain(value * 100, decimals)} %`
    : plain(value, decimals) + (measure.kind === 'money' ? ` ${measure.currency}` : '')
}

/** A difference of two values: "+0.70 pp" (percentage points), "-1.20 EUR". */
export function differenceWords(value: number, { measure, decimals }: Wording): string {
  const unit = { share: ' pp', number: '', money: measure.kind === 'money' ? ` ${measure.currency}` : '' }[measure.kind]
  return signed(measure.kind === 'share' ? value * 100 : value, decimals) + unit
}

/** The two ends of a difference's interval, without the unit: "+0.08 to +1.32". */
export function differenceRange({ low, high }: Bounds, { measure, decimals }: Wording): string {
  const factor = measure.kind === 'share' ? 100 : 1
  return `${signed(low * factor, decimals)} to ${signed(high * factor, decimals)}`
}

/** A relative change: "+14.3 %". */
export function liftWords(lift: number): string {
  return `${signed(lift * 100, liftDecimals(lift))} %`
}

export function liftRange({ low, high }: Bounds): string {
  const decimals = liftDecimals(Math.max(Math.abs(low), Math.abs(high)))
  return `${signed(low * 100, decimals)} to ${signed(high * 100, decimals)}`
}

/** A share of a whole, between 0 and 1: "97.3 %", "0.1 %", "0.023 %". */
export function shareWords(share: number): string {
  const shown = share * 100
  if (shown >= 1 || shown === 0) return `${plain(shown, 1)} %`
  return shown < SHARE_LEAST ? `under ${SHARE_LEAST} %` : `${Number(shown.toPrecision(2))} %`
}

/** A factor: "1.7". */
export function factorWords(factor: number): string {
  return plain(factor, factor < 10 ? 1 : 0)
}

/** A p-value: "0.027", "4.1e-12", and "1e-3052" where a double ends. */
export function pWords(log10P: number): string {
  if (log10P >= -3) return plain(10 ** log10P, 3)
  const exponent = Math.floor(log10P)
  const mantissa = 10 ** (log10P - exponent)
  return mantissa >= 9.95 ? `1.0e${exponent + 1}` : `${mantissa.toFixed(1)}e${exponent}`
}

/** A count: "1,240". */
export function countWords(count: number): string {
  return plain(count, 0)
}

/** A decimal text with groups of three: "1234567.89" → "1,234,567.89". Exact, however long. */
export function groupDigits(decimal: string): string {
  const point = decimal.indexOf('.')
  const whole = point === -1 ? decimal : decimal.slice(0, point)
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + decimal.slice(whole.length)
}

/** "1 day", "3 days", "1,240 shoppers". */
export function countOf(count: number, noun: string): string {
  return `${countWords(count)} ${nounOf(count, noun)}`
}

export function nounOf(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}

function liftDecimals(lift: number): number {
  const shown = Math.abs(lift) * 100
  return shown >= 100 ? 0 : shown >= 1 || shown === 0 ? 1 : 2
}

function plain(value: number, decimals: number): string {
  return format(value, decimals, 'negative')
}

function signed(value: number, decimals: number): string {
  return format(value, decimals, 'exceptZero')
}

function format(value: number, decimals: number, signDisplay: 'negative' | 'exceptZero'): string {
  if (Math.abs(value) >= PLAIN_MAX) return (value > 0 && signDisplay === 'exceptZero' ? '+' : '') + value.toExponential(3)
  const name = `${decimals} ${signDisplay}`
  let known = formats.get(name)
  if (!known) {
    known = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay })
    formats.set(name, known)
  }
  return known.format(value)
}
