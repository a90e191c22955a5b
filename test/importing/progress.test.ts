import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openProgress } from '../../src/cli/progress.ts'

/** A stream that is no terminal and remembers what was written. */
function pipe(): { stream: NodeJS.WriteStream; text(): string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text }
}

describe('progress', () => {
  it('is a plain line every few seconds where there is no terminal', async () => {
    const { stream, text } = pipe()
    const progress = openProgress({ stream, everyMs: 20 })
    progress.phase('importing')
    for (let rows = 1; rows <= 5; rows++) {
      progress.at(rows * 10, 100, rows * 1000)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    progress.stop()
    const lines = text().trim().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(1)
    expect(lines.length).toBeLessThan(5)
    for (const line of lines) expect(line).toMatch(/^importing \d+ %, [\d,]+ rows, [\d,]+\/s, \d+ s left$/)
  })

  it('says nothing about what is done in no time', () => {
    const { stream, text } = pipe()
    const progress = openProgress({ stream })
    progress.phase('checking')
    progress.at(100, 100)
    progress.stop()
    expect(text()).toBe('')
  })
})
