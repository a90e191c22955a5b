/** Recognises exact repetitions of a record among the last ones: constant memory, and no hash that could be wrong. */

/** A copy that stands farther away is not found; in Online Retail all of them lie within 300 rows, inside one invoice. */
const WINDOW = 500

/** Tells whether the same record was among (at least) the last 500. */
export function recentRecords(): (raw: string) => boolean {
  let young = new Set<string>()
  let old = new Set<string>()
  return (raw) => {
    if (young.has(raw) || old.has(raw)) return true
    if (young.size >= WINDOW) {
      old = young
      young = new Set()
    }
    young.add(raw)
    return false
  }
}
