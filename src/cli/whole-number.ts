/** A whole number from 1, as an option's value. */
import { InvalidArgumentError } from 'commander'

const DIGITS_MAX = 9

/** Refuses everything else. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text) || text.length > DIGITS_MAX) throw new InvalidArgumentError('It is a whole number from 1.')
  return Number(text)
}
