import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/telemetry/log.ts'

function openTold(level: 'info' | 'error' | 'silent' = 'info') {
  const lines: Record<string, unknown>[] = []
  const log = openLog({ level, destination: { write: (line: string) => void lines.push(JSON.parse(line)) } })
  return { log, lines }
}

describe('the log', () => {
  it('writes one JSON line an entry, with the time', () => {
    const { log, lines } = openTold()
    log.info('listening')
    log.warn('slow')
    expect(lines).toMatchObject([
      { level: 30, msg: 'listening' },
      { level: 40, msg: 'slow' },
    ])
    expect(Date.parse(String(lines[0]!.time))).toBeGreaterThan(0)
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = openTold('error')
    log.info('a')
    log.error('b')
    expect(lines.map((line) => line.msg)).toEqual(['b'])
    const silent = openTold('silent')
    silent.log.error('c')
    expect(silent.lines).toEqual([])
  })

  it('tells a fault with its stack and code, but not the rows that a database quotes', () => {
    const { log, lines } = openTold()
    const error = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (unit)=(shopper-42) already exists.' })
    log.fault('A request failed.', error, { route: 'POST /v1/slates' })
    expect(lines[0]).toMatchObject({
      msg: 'A request failed.',
      route: 'POST /v1/slates',
      error: { message: 'duplicate key', code: '23505' },
    })
    expect(JSON.stringify(lines)).not.toContain('shopper-42')
    expect(String((lines[0]!.error as { stack: string }).stack)).toContain('log.test.ts')
  })

  it('takes out what could name a shopper or open a door, whoever puts it in', () => {
    const { log, lines } = openTold()
    log.fault('x', new Error('y'), {
      unit: 'shopper-42',
      token: 'v1.abc',
      request: { unit: 'shopper-42', authorization: 'Bearer cr_live', size: 3 },
    })
    expect(JSON.stringify(lines)).not.toMatch(/shopper-42|v1\.abc|cr_live/)
    expect(lines[0]).toMatchObject({ request: { size: 3 } })
  })

  it('takes anything that is thrown', () => {
    const { log, lines } = openTold()
    log.fault('x', 'just text')
    log.fault('x', null)
    expect(lines.map((line) => line.error)).toEqual(['just text', 'null'])
  })

  it('writes to standard output when nothing else is said, and flushes', async () => {
    const log = openLog({ level: 'silent' })
    await expect(log.flush()).resolves.toBeUndefined()
  })
})
