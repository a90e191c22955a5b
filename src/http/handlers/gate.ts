/** What the gate did to the arms of an experiment, and how a person takes it back. */
import { standing } from '../../experiments/gate.ts'
import type { GateAction } from '../../store/gate-store.ts'
import type { Caller } from '../authentication.ts'
import { type Bound, bind, json } from '../handler.ts'
import { pageAnswer } from '../paging.ts'
import { Problem } from '../problems.ts'
import { listActions, unmaskArm } from '../routes/gate.ts'
import type { World } from '../world.ts'

export type GateWorld = Pick<World, 'experiments' | 'gates' | 'keys'>

export function gateHandlers(world: GateWorld): readonly Bound[] {
  const { experiments, gates } = world
  return [
    bind(listActions, async ({ params: { key }, query }) => {
      if (!(await experiments.get(key))) throw noExperiment(key)
      const shown = await shownIn(world, key)
      return pageAnswer({
        path: `/v1/experiments/${key}/actions`,
        name: 'actions',
        page: { limit: query.limit, after: query.after === undefined ? undefined : String(query.after) },
        read: ({ limit, after }) => gates.list(key, after === undefined ? { limit } : { limit, before: Number(after) }),
        keyOf: ({ id }) => String(id),
        shown,
      })
    }),
    bind(unmaskArm, async ({ params: { key, arm }, body, caller }) => {
      const experiment = await experiments.get(key)
      if (!experiment) throw noExperiment(key)
      const ids = await gates.unmask(key, arm, { by: await nameOf(world, caller), because: body.because })
      if (ids === null) {
        if (!experiment.body.arms.some((each) => each.key === arm))
          throw new Problem('not-found', { detail: `The experiment "${key}" has no arm "${arm}".` })
        throw new Problem('wrong-status', { detail: `"${key}" is ${experiment.status}: it has no open epoch.`, extra: { possible: [] } })
      }
      if (ids.length === 0)
        throw new Problem('wrong-status', {
          detail: `Nothing stands against or for the arm "${arm}" of "${key}".`,
          extra: { possible: [] },
        })
      const made = await gates.list(key, { limit: ids.length, before: Math.max(...ids) + 1 })
      return json(200, { actions: made.map(await shownIn(world, key)) })
    }),
  ]
}

/** How an action is shown, by what stands in the epoch that goes on. */
async function shownIn({ experiments, gates }: GateWorld, key: string): Promise<(action: GateAction) => object> {
  const open = (await experiments.epochs(key)).find(({ endedAt }) => endedAt === null)
  const acting = new Set(open ? standing(await gates.ofEpoch(open.id)).map(({ id }) => id) : [])
  return ({ id, epoch, kind, arm, at, by, evidence, undoes }) => ({
    ...{ id, epoch, kind, arm, at: at.toISOString(), by, evidence, undoes },
    stands: acting.has(id),
  })
}

/** The name of the caller's key; its selector where the key is gone meanwhile. */
async function nameOf({ keys }: GateWorld, caller: Caller | null): Promise<string> {
  const selector = caller!.selector
  return (await keys.get(selector))?.name ?? selector
}

function noExperiment(key: string): Problem {
  return new Problem('not-found', { detail: `There is no experiment "${key}".` })
}
