/**
 * Masks outlive an epoch: only a person takes a mask back, and changing something else about the experiment does not say so.
 *
 * Retirements and promotions do not: they were findings about arms, traffic and a plan that are no longer the same.
 */
import type { Knex } from 'knex'
import { controlOf, type Experiment } from '../experiments/experiment.ts'
import { type GateStep, standing } from '../experiments/gate.ts'
import type { Epoch } from './epoch.ts'

/** Puts the masks of an epoch that has ended on the same arms of the next one; its control is never masked. */
export async function carryMasks(knex: Knex, ended: Epoch, next: { readonly epochId: number; readonly body: Experiment }): Promise<void> {
  const rows: { id: number; kind: GateStep['kind']; arm_id: number | null; undoes: number | null }[] = await knex('gate_actions')
    .where({ epoch_id: ended.id })
    .orderBy('id')
    .select('id', 'kind', 'arm_id', 'undoes')
  const masks = standing(rows.map(({ arm_id, ...row }) => ({ ...row, armId: arm_id }))).filter(({ kind }) => kind === 'mask')
  const { arms } = next.body
  const carried = masks.flatMap(({ id, armId }) => {
    const key = ended.settings.arms[ended.armIds.indexOf(armId!)]?.key
    const place = arms.findIndex((arm) => arm.key === key)
    return place === -1 || place === controlOf(arms) ? [] : [{ armId: armId!, from: id }]
  })
  if (carried.length === 0) return
  await knex('gate_actions').insert(
    carried.map(({ armId, from }) => ({
      ...{ epoch_id: next.epochId, arm_id: armId, kind: 'mask', by: 'gate' },
      evidence: JSON.stringify({ kind: 'carried', from }),
    })),
  )
}
