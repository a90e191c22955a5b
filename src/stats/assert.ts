/** Assert: what cannot be, unless we made a mistake. A refusal that a caller may meet is a value (`Unknown`), never this. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
