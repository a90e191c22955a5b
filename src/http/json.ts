/**
 * JSON from strangers: bytes to a value that is safe to validate, store and send on.
 *
 * JSON.parse does the work; what it lets through and PostgreSQL or recursion would choke on is refused here: NUL, halves of surrogate
 * pairs, deep nesting; and names that stand twice, which nobody can understand. A member named __proto__ is an ordinary member for JSON.parse and an unknown one for every schema.
 */
import { jsonFaultAt } from './json-fault.ts'
import { escapePointer, repeatedName } from './json-repeats.ts'
import { Problem } from './problems.ts'

export const DEPTH_MAX = 8

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The value of a body. Throws `bad-json` with the position or the pointer of a repeated name, `bad-text` or `too-deep` with a pointer. */
export function readJson(bytes: Uint8Array): unknown {
  const text = textOf(bytes)
  const value = parse(text)
  if (mayHideFaults(text)) {
    const fault = faultIn(value, '', 0)
    if (fault) throw fault
  }
  const repeated = repeatedName(text, value)
  if (repeated !== null) throw new Problem('bad-json', { detail: 'The same name stands twice in one object.', pointer: repeated })
  return value
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Problem('bad-json', { detail: 'The body is not UTF-8.' })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const offset = jsonFaultAt(text, error as Error)
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    const what = offset >= text.length ? 'The body ends too early' : `Unexpected ${JSON.stringify(text[offset])}`
    throw new Problem('bad-json', { detail: `${what} at line ${line}, column ${column}.`, extra: { position: { offset, line, column } } })
  }
}

/** Without an escape no character can be hidden, and without many brackets nothing can be deep: most bodies are not walked. */
function mayHideFaults(text: string): boolean {
  return text.includes('\\u') || countUpTo(DEPTH_MAX + 1, '{', text) + countUpTo(DEPTH_MAX + 1, '[', text) > DEPTH_MAX
}

/** How often a sign stands in a text; counts no further than `most`. Looking for a sign is ten times as quick as looking at each. */
function countUpTo(most: number, sign: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(sign); at !== -1 && count < most; at = text.indexOf(sign, at + 1)) count++
  return count
}

function faultIn(value: unknown, pointer: string, depth: number): Problem | null {
  if (typeof value === 'string') return isStorable(value) ? null : new Problem('bad-text', { pointer })
  if (typeof value !== 'object' || value === null) return null
  if (depth >= DEPTH_MAX) return new Problem('too-deep', { pointer })
  const isArray = Array.isArray(value)
  for (const [name, member] of Object.entries(value)) {
    const inner = `${pointer}/${isArray ? name : escapePointer(name)}`
    if (!isStorable(name)) return new Problem('bad-text', { pointer: inner })
    const fault = faultIn(member, inner, depth + 1)
    if (fault) return fault
  }
  return null
}

/** Whether PostgreSQL can keep a text: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
