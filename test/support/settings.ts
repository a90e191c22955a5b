import { type Experiment, experimentSchema } from '../../src/experiments/experiment.ts'
import { type Metric, metricSchema } from '../../src/experiments/metric.ts'
import { type PolicyDefinition, policySchema } from '../../src/policies/definition.ts'
import { type Surface, surfaceSchema } from '../../src/policies/surface.ts'

/** Bodies for tests of the stores, with the defaults of the schemas. */

export const surfaceOf = (body: object): Surface =>
  surfaceSchema.parse({ key: 'cart', policy: 'popularity', fallback: 'popularity', ...body })
export const policyOf = (body: object): PolicyDefinition => policySchema.parse({ key: 'trend', kind: 'popularity-decay', ...body })
export const metricOf = (body: object): Metric => metricSchema.parse({ key: 'adds', kind: 'mean', of: { types: ['add-to-cart'] }, ...body })
export const experimentOf = (body: object): Experiment =>
  experimentSchema.parse({
    key: 'home-policy',
    surface: 'home',
    arms: [
      { key: 'popular', policy: 'popularity' },
      { key: 'hybrid', policy: 'hybrid' },
    ],
    ...body,
  })
