/**
 * A memory of bounded size: a map in two generations. When the young one is full, the old one is forgotten and the young grows old; what
 * is asked for meanwhile is carried over. A file with fifty million shoppers then costs no more memory than one with a hundred thousand.
 */

export interface Memory<Value> {
  get(key: string): Value | undefined
  /** The key is kept as it is: hand in a detached one when it is a slice of a long text. */
  set(key: string, value: Value): void
  readonly size: number
}

/** Remembers at least the last `generationSize` keys, and never more than twice as many. */
export function memoryOf<Value>(generationSize: number): Memory<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const remember = (key: string, value: Value): void => {
    if (young.size >= generationSize) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) remember(key, older)
      return older
    },
    set: remember,
    get size() {
      return young.size + old.size
    },
  }
}

/** A reader that remembers what it made of a text: in a column texts repeat, and a shop has some thousand prices. */
export function remembered<Value extends {}>(size: number, read: (text: string) => Value): (text: string) => Value {
  const memory = memoryOf<Value>(size)
  let lastText: string | null = null
  let lastValue: Value
  return (text) => {
    // Neighbouring rows often have the same shopper, time or currency, and === is quicker than a map.
    if (text === lastText) return lastValue
    let value = memory.get(text)
    if (value === undefined) {
      const own = detached(text)
      value = read(own)
      memory.set(own, value)
    }
    lastText = text
    lastValue = value
    return value
  }
}

/** A copy with memory of its own: a slice of a text keeps the whole text alive, here a quarter of a megabyte for one name. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
