/** What product owners define, and the life of an experiment. */
import { modelFaults, ratioFaults } from '../../experiments/allocation.ts'
import type { Experiment } from '../../experiments/experiment.ts'
import { ACTIONS, actionsFrom, after, type Status } from '../../experiments/lifecycle.ts'
import type { PolicyDefinition } from '../../policies/definition.ts'
import type { Stored } from '../../store/noun.ts'
import { etagOf, revisionOf } from '../etag.ts'
import { type Bound, bind, json } from '../handler.ts'
import { pointerOf } from '../pointer.ts'
import { Problem } from '../problems.ts'
import { experimentReferences, policyReferences, requireReferences, surfaceReferences, wayBackTo } from '../references.ts'
import { experimentRoutes, lifeRoutes, metricRoutes, policyRoutes, surfaceRoutes } from '../routes/product.ts'
import { faultsProblem } from '../validation.ts'
import type { World } from '../world.ts'
import { done, nounHandlers, shownNoun } from './nouns.ts'

export function productHandlers(world: World): readonly Bound[] {
  return [
    ...nounHandlers(surfaceRoutes, {
      plural: 'surfaces',
      singular: 'surface',
      port: world.surfaces,
      check: (surface) => requireReferences(world, surfaceReferences(surface)),
      shown: shownNoun,
    }),
    ...nounHandlers(metricRoutes, { plural: 'metrics', singular: 'metric', port: world.metrics, check: async () => {}, shown: shownNoun }),
    ...nounHandlers(policyRoutes, {
      plural: 'policies',
      singular: 'policy',
      port: world.policies,
      check: (policy) => checkPolicy(world, policy),
      shown: shownNoun,
    }),
    ...nounHandlers(experimentRoutes, {
      plural: 'experiments',
      singular: 'experiment',
      port: world.experiments,
      check: (experiment) => checkExperiment(world, experiment),
      shown: shownExperiment,
    }),
    ...ACTIONS.map((action) =>
      bind(lifeRoutes[action], async ({ params: { key }, request }) => {
        const experiment = await world.experiments.get(key)
        if (experiment && after(statusOf(experiment), action) === null) throw impossible(experiment, action)
        const change = await world.experiments.act(key, action, revisionOf(request.headers))
        const noun = done(change, { singular: 'experiment', key })
        return json(200, shownExperiment(noun), { ETag: etagOf(noun.revision) })
      }),
    ),
  ]
}

async function checkExperiment(world: World, experiment: Experiment): Promise<void> {
  await requireReferences(world, experimentReferences(experiment))
  if (experiment.allocation.kind === 'fixed') return
  const metrics = await Promise.all(experiment.metrics.map((key) => world.metrics.get(key)))
  const bodies = metrics.flatMap((metric) => (metric ? [metric.body] : []))
  const faults = [...ratioFaults(experiment.allocation, bodies), ...modelFaults(experiment.allocation, bodies)]
  if (faults.length > 0)
    throw faultsProblem(
      'invalid',
      faults.map(({ path, message }) => ({ pointer: pointerOf({ path: [...path] }), detail: message })),
    )
}

async function checkPolicy(world: World, policy: PolicyDefinition): Promise<void> {
  const by = await wayBackTo(world, policy)
  const detail = by === policy.key ? 'a policy cannot need itself' : `a policy cannot need itself, and "${by}" needs "${policy.key}"`
  if (by !== null) throw faultsProblem('invalid', [{ pointer: '/parameters', detail }])
  await requireReferences(world, policyReferences(policy))
}

function shownExperiment<Body>(noun: Stored<Body>): object {
  return { ...shownNoun(noun), status: noun.status }
}

function statusOf({ status }: Stored<unknown>): Status {
  return status as Status
}

function impossible(experiment: Stored<{ readonly key: string }>, action: string): Problem {
  const status = statusOf(experiment)
  const possible = actionsFrom(status)
  const choice = possible.length === 0 ? 'nothing more can be done with it' : `possible: ${possible.join(', ')}`
  return new Problem('wrong-status', {
    detail: `"${experiment.key}" is ${status} and cannot ${action}; ${choice}.`,
    extra: { current: status, possible },
  })
}
