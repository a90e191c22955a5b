import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The command as it is installed: bin/croupier.mjs in a process of its own, without a service and without a database. */
const ROOT = join(import.meta.dirname, '..', '..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-entry-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function croupier(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'croupier.mjs'), ...words], {
    encoding: 'utf8',
    cwd: folder,
    timeout: 30_000,
  })
  return { status, stdout, stderr }
}

describe('the command croupier', () => {
  it('analyses a file', () => {
    const path = join(folder, 'test.csv')
    const rows = Array.from({ length: 400 }, (_, i) => `${i % 2 === 0 ? 'old' : 'new'},${i % 10 < (i % 2 === 0 ? 2 : 5) ? 1 : 0}`)
    writeFileSync(path, `arm,bought\n${rows.join('\n')}\n`)
    const words = ['analyze', path, '--arm', 'arm', '--control', 'old', '--metric', 'bought:proportion']
    const { status, stdout } = croupier(...words, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ format: 'croupier-analysis/1', control: 'old', results: [{ metric: 'bought', arm: 'new' }] })
    expect(croupier(...words).stdout).toMatch(/^RESULT/)
  })

  it('plans', () => {
    const { status, stdout } = croupier('power', '--baseline', '0.1', '--lift', '0.2', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ controlUnits: 3841, treatmentUnits: 3841 })
  })

  it('names both in its help, and ends with a sentence and a code when something is wrong', () => {
    expect(croupier('--help').stdout).toMatch(/analyze.*power/s)
    const { status, stderr } = croupier('analyze', join(folder, 'nowhere.csv'), '--arm', 'a', '--control', 'b', '--metric', 'c:mean')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^croupier: There is no file .*nowhere\.csv\.\n$/)
  })
})
