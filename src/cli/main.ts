/** The command line: every command is a file; here they meet. */
import { Command } from 'commander'
import { registerAnalyze } from './analyze.ts'
import { registerBandit } from './bandit.ts'
import { registerBatch } from './batch.ts'
import { registerDemo } from './demo.ts'
import { registerEvaluate } from './evaluate.ts'
import { registerImport } from './import.ts'
import { registerKeys } from './keys.ts'
import { registerMigrate } from './migrate.ts'
import { registerModels } from './models.ts'
import { registerPower } from './power.ts'
import { registerReplay } from './replay.ts'
import { registerReplayDecision } from './replay-decision.ts'
import { registerReplayWhatIf } from './replay-what-if.ts'
import { registerReport } from './report.ts'
import { registerServe } from './serve.ts'
import { registerSimulate } from './simulate.ts'
import { registerTrain } from './train.ts'
import { registerVerify } from './verify.ts'
import { commandContext } from './world.ts'

const program = new Command('croupier')
  .description('Deals each shopper a slate, and says honestly what it was worth.')
  .version('0.1.0')
  .showHelpAfterError()
const context = commandContext()
for (const register of [
  registerServe,
  registerDemo,
  registerImport,
  registerTrain,
  registerModels,
  registerEvaluate,
  registerBatch,
  registerReport,
  registerBandit,
  registerVerify,
  registerKeys,
  registerMigrate,
])
  register(program, context)
registerAnalyze(program)
registerPower(program)
registerReplay(program)
registerReplayDecision(program, context)
registerReplayWhatIf(program, context)
registerSimulate(program)

try {
  await program.parseAsync()
} catch (error) {
  console.error(`croupier: ${(error as Error).message}`)
  process.exitCode = 1
}
