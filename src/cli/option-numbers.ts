/** Numbers as options: read, or refused with a sentence. */
import { InvalidArgumentError } from 'commander'

/** A number strictly between two others. */
export function between(what: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value > low && value < high)) throw new InvalidArgumentError(`${what} lies between ${low} and ${high}.`)
    return value
  }
}

/** A whole number from 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.')
  return Number(text)
}

/** A whole number from 1 to the most. */
export function wholeNumberTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d{0,14}$/.test(text) || Number(text) > most) throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`)
    return Number(text)
  }
}

/** A finite number from 0. */
export function notNegative(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a number from 0.')
  return value
}
