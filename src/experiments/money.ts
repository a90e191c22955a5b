/** Money: decimal text in, integer minor units inside, decimal text out. Never a float in between. */

const exponents = new Map<string, number>()

/** Digits after the point of a currency (EUR 2, JPY 0, KWD 3), from the ICU tables. */
export function exponentOf(currency: string): number {
  let exponent = exponents.get(currency)
  if (exponent === undefined) {
    exponent = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    exponents.set(currency, exponent)
  }
  return exponent
}

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/

/**
 * Minor units of a decimal text such as "89.90". Digits beyond the currency's are rounded half away from zero, as shops do.
 * Returns null when the text is not a plain decimal number.
 */
export function minorOf(decimal: string, currency: string): bigint | null {
  const match = DECIMAL.exec(decimal)
  if (!match) return null
  const exponent = exponentOf(currency)
  const fraction = match[3] ?? ''
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0')
  const up = (fraction.charCodeAt(exponent) || 48) >= 53 ? 1n : 0n
  const minor = BigInt(match[2] + kept) + up
  return match[1] === '-' ? -minor : minor
}

/** Decimal text of minor units: 8990 EUR → "89.90". */
export function decimalOf(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency)
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0')
  const sign = minor < 0n ? '-' : ''
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
