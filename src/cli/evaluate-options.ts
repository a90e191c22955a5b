/** What the commands that evaluate have in common: how their options are read, and policies that are defined for one run. */
import { InvalidArgumentError, Option } from 'commander'
import { type PolicyDefinition, policySchema } from '../policies/definition.ts'

/** --define: a policy for this run alone. */
export function policyOption(): Option {
  return new Option('--define <json>', 'a policy for this run: {"key":…,"kind":…,"parameters":…}; repeat it')
    .argParser(definition)
    .default([])
}

/** A definition of the run takes the place of one with the same key. */
export function definitionsWith(policies: readonly PolicyDefinition[], own: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  const keys = new Set(own.map(({ key }) => key))
  return [...policies.filter(({ key }) => !keys.has(key)), ...own]
}

export function collected(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}

export function list(text: string): readonly string[] {
  const keys = text.split(',').map((key) => key.trim())
  if (keys.includes('')) throw new InvalidArgumentError('It is a list such as popularity,hybrid.')
  return keys
}

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`)
    return value
  }
}

/** A moment in seconds since 1970; a date is its first moment in UTC. */
export function moment(text: string): number {
  const milliseconds = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text) : Number.NaN
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError('It is a date such as 2011-11-09.')
  return milliseconds / 1000
}

export function levelOf(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0.5 && value < 1)) throw new InvalidArgumentError('It lies between 0.5 and 1.')
  return value
}

function definition(text: string, all: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  try {
    const parsed = policySchema.safeParse(JSON.parse(text))
    if (!parsed.success) throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
    return [...all, parsed.data]
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
