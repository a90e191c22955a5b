/** The receipt of a single decision. */
import { decisionReceipt, type ReceiptWorld } from '../decision-receipt.ts'
import { type Bound, bind, json } from '../handler.ts'
import { Problem } from '../problems.ts'
import { readDecision } from '../routes/decisions.ts'

export function decisionHandlers(world: ReceiptWorld): readonly Bound[] {
  return [
    bind(readDecision, async ({ params: { decisionId } }) => {
      const receipt = await decisionReceipt(world, decisionId)
      if (!receipt) throw new Problem('not-found', { detail: `The log has no decision ${decisionId}.` })
      return json(200, receipt)
    }),
  ]
}
