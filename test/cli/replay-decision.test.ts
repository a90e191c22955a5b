import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { registerReplayDecision } from '../../src/cli/replay-decision.ts'

describe('croupier replay', () => {
  it('leaves the options of a command below it to that command', async () => {
    const program = new Command('croupier')
    let given: unknown
    program
      .command('replay')
      .command('other')
      .argument('<file>')
      .option('--json')
      .action((file, options) => {
        given = { file, options }
      })
    const context = { config: () => expect.unreachable(), openWorld: () => expect.unreachable() }
    registerReplayDecision(program, context)
    for (const words of [
      ['--json', 'a.csv'],
      ['a.csv', '--json'],
    ]) {
      given = undefined
      await program.parseAsync(['node', 'croupier', 'replay', 'other', ...words])
      expect(given).toEqual({ file: 'a.csv', options: { json: true } })
    }
  })
})
