/** croupier verify: recounts everything from the log and compares it with the moments, bit for bit. */
import type { Command } from 'commander'
import { foldAll } from '../log/fold-all.ts'
import { type VerifyReport, verify } from '../log/verify.ts'
import type { CommandContext } from './world.ts'

export function registerVerify(program: Command, context: CommandContext): void {
  program
    .command('verify')
    .description('recount the log and compare with the moments; ends with 1 when anything differs')
    .option('--json', 'for machines')
    .option('--no-fold', 'compare what is folded now, without folding first')
    .action(async (options: { json?: true; fold: boolean }) => {
      const { database, close } = await context.openWorld()
      try {
        if (options.fold) await foldAll(database)
        const report = await verify(database)
        console.log(
          options.json ? JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? value.toString() : value)) : pageOf(report),
        )
        if (!report.equal) process.exitCode = 1
      } finally {
        await close()
      }
    })
}

function pageOf(report: VerifyReport): string {
  const { exposures, outcomes, units, cells, watermark } = report
  const lines = [
    `Below transaction ${watermark} the log has ${exposures} exposures and ${outcomes} outcomes.`,
    `Recounted: ${units} units, ${cells} cells.`,
    report.equal
      ? 'Equal: every stored number is the recount, bit for bit.'
      : `DIFFERENT: ${report.differences} numbers are not their recount.`,
    ...report.first.map(
      ({ part, id, stored, recounted }) => `  ${part} ${id}: stored ${stored ?? 'nothing'}, recounted ${recounted ?? 'nothing'}`,
    ),
  ]
  return lines.join('\n')
}
