/** The beginning of a file: read first, to know the file by, and then put before the rest again. */
import { SNIFFED_CHARS } from './sniff.ts'

/** The first text of a file, long enough to know it by, and the rest. */
export async function beginningOf(blocks: AsyncIterable<string>): Promise<{ head: string; rest: AsyncIterator<string> }> {
  const rest = blocks[Symbol.asyncIterator]()
  let head = ''
  while (head.length < SNIFFED_CHARS) {
    const { value, done } = await rest.next()
    if (done) break
    head += value
  }
  return { head, rest }
}

export async function* chain(head: string, rest: AsyncIterator<string>): AsyncIterable<string> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
