/**
 * A name that stands twice in one object. JSON.parse takes the last one in silence, other readers on the way the first: whoever sends
 * {"value":"1","value":"1000"} would be understood by chance. I-JSON forbids it, and so do we.
 *
 *     names in the text  =  members of the value   ⇔   nothing is repeated
 *
 * Both are counted at a fraction of what parsing costs (a slate's body: 1 µs); the text is read closely only when they differ.
 * @see RFC 7493 §2.3
 */

/** The pointer of the first repeated name, or null. `value` is what JSON.parse made of `text`, and is not nested deeply. */
export function repeatedName(text: string, value: unknown): string | null {
  return namesIn(text) === membersOf(value) ? null : firstRepeat(text)
}

/** How many strings of a JSON text are names: the ones before a colon. */
function namesIn(text: string): number {
  let names = 0
  for (let start = text.indexOf('"'); start !== -1; ) {
    const after = endOfString(text, start) + 1
    if (isBeforeColon(text, after)) names++
    start = text.indexOf('"', after)
  }
  return names
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const one of value) members += membersOf(one)
    return members
  }
  for (const name of Object.keys(value)) members += 1 + membersOf((value as Record<string, unknown>)[name])
  return members
}

/** Where the string that opens at `start` closes: at the first quote that an even number of backslashes stands before. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
}

function isBeforeColon(text: string, at: number): boolean {
  let next = at
  while (text[next] === ' ' || text[next] === '\n' || text[next] === '\r' || text[next] === '\t') next++
  return text[next] === ':'
}

/** An array or object that is open where the reading stands. */
interface Open {
  /** Names so far; null in an array. */
  readonly names: Set<string> | null
  /** The member that is being read: its name, or its place in the array. */
  member: string | number
}

function firstRepeat(text: string): string | null {
  const open: Open[] = []
  for (let at = 0; at < text.length; at++) {
    const inner = open.at(-1)
    switch (text[at]) {
      case '{':
        open.push({ names: new Set(), member: '' })
        break
      case '[':
        open.push({ names: null, member: 0 })
        break
      case '}':
      case ']':
        open.pop()
        break
      case ',':
        if (inner?.names === null) inner.member = Number(inner.member) + 1
        break
      case '"': {
        const end = endOfString(text, at)
        if (inner?.names && isBeforeColon(text, end + 1)) {
          inner.member = JSON.parse(text.slice(at, end + 1)) as string
          if (inner.names.has(inner.member)) return open.map(({ member }) => `/${escapePointer(String(member))}`).join('')
          inner.names.add(inner.member)
        }
        at = end
      }
    }
  }
  return null
}

/** A name as part of a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
