/** croupier replay <decisionId>: makes a decision again from its snapshot, and says whether every bit is the same. */
import type { Command } from 'commander'
import type { Difference } from '../decisions/replay.ts'
import { type DecisionReceipt, decisionReceipt } from '../http/decision-receipt.ts'
import { snapshotStore } from '../store/snapshot-store.ts'
import type { CommandContext } from './world.ts'

const IMPOSSIBLE = {
  'outside-experiments': 'no experiment touched it, so nothing was drawn',
  'snapshot-not-kept':
    'its snapshot is not kept (they are written within a second, and thinned out after the days of CROUPIER_SNAPSHOT_DAYS)',
  'other-format': 'its snapshot was written by another release',
  'first-draw-not-logged': 'the unit stays with an arm whose first draw is not in the log',
} as const

/** `replay` may have other meanings beside this one, each a command of its own below it. */
export function registerReplayDecision(program: Command, context: CommandContext): void {
  // An option belongs to the command whose name it follows: --json of a command below replay is not ours.
  program.enablePositionalOptions()
  const command = program.commands.find((each) => each.name() === 'replay') ?? program.command('replay')
  command
    .enablePositionalOptions()
    .description(
      'make a decision again from its snapshot (ends with 1 when anything differs), or with a command below: value another policy on a log',
    )
    .argument('<decisionId>', 'as the slate gave it')
    .option('--json', 'the whole receipt, for machines')
    .action(async (decisionId: string, options: { json?: true }) => {
      const { database, secrets, close } = await context.openWorld()
      try {
        const receipt = await decisionReceipt({ database, secrets, snapshots: snapshotStore(database, ''), now: Date.now }, decisionId)
        if (!receipt) throw new Error(`The log has no decision ${decisionId}.`)
        console.log(options.json ? JSON.stringify(receipt) : pageOf(receipt))
        if (receipt.replay.kind === 'different' || receipt.replay.kind === 'impossible') process.exitCode = 1
      } finally {
        await close()
      }
    })
}

function pageOf(receipt: DecisionReceipt): string {
  const { experiment, arms, belief, firstDecision } = receipt
  return [
    `${receipt.decisionId} of ${receipt.decidedAt} on ${receipt.surface}: ${receipt.reason}`,
    ...(experiment
      ? [`experiment ${experiment.key}, arm ${experiment.arm}, stratum ${receipt.stratum}, snapshot ${receipt.snapshot}`]
      : []),
    ...(firstDecision === null ? [] : [`the unit stays with the arm that ${firstDecision} drew; what follows is that draw`]),
    ...arms.map(armLine),
    ...(belief?.kind === 'models' && belief.meansAre !== 'rewards' ? [`what is expected are ${belief.meansAre} of what is wanted`] : []),
    verdictOf(receipt),
  ].join('\n')
}

function armLine({ arm, drawn, propensity, stretch, expected }: DecisionReceipt['arms'][number]): string {
  const mean = expected ? `  expected ${expected.mean.toPrecision(4)} ± ${expected.scale.toPrecision(2)}` : ''
  const range = `[${stretch.low.toFixed(4)}, ${stretch.high.toFixed(4)})`
  return `  ${drawn ? '→' : ' '} ${arm}  π ${propensity.toFixed(6)}  ${range}${mean}`
}

function verdictOf({ replay }: DecisionReceipt): string {
  switch (replay.kind) {
    case 'same':
      return 'Same arm, same π, bit for bit.'
    case 'same-vector':
      return 'Same π, bit for bit. The arm cannot be drawn again: the key of its request is forgotten after seven days.'
    case 'impossible':
      return `It cannot be made again: ${IMPOSSIBLE[replay.because]}.`
    case 'different':
      return ['DIFFERENT:', ...replay.differences.map(differenceLine)].join('\n')
  }
}

function differenceLine({ of, logged, replayed }: Difference): string {
  return `  ${of}: logged ${JSON.stringify(logged)}, replayed ${JSON.stringify(replayed)}`
}
