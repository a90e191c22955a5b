/** The models of policies: versions, training, going back, shadows. */
import type { ModelNote, ModelStore } from '../../store/model-store.ts'
import { type Answer, type Bound, bind, json, NO_CONTENT } from '../handler.ts'
import { pageAnswer } from '../paging.ts'
import { Problem } from '../problems.ts'
import { modelRoutes } from '../routes/models.ts'
import type { World } from '../world.ts'

export type ModelWorld = Pick<World, 'models' | 'policies' | 'teaching' | 'shadowFigures'>

export function modelHandlers(world: ModelWorld): readonly Bound[] {
  const { models, teaching } = world
  return [
    bind(modelRoutes.list, async ({ params: { key }, query }) => {
      await known(world, key)
      const page = await pageAnswer({
        path: `/v1/policies/${key}/models`,
        name: 'models',
        page: query,
        read: async (asked) => Promise.all((await models.list(key, asked)).map((note) => withShadow(world, note))),
        keyOf: ({ entry }) => entry,
        shown: ({ figures, ...note }) => ({ ...shownModel(note), shadow: figures }),
      })
      return { ...page, body: JSON.stringify({ ...JSON.parse(page.body as string), drift: teaching.drift() }) }
    }),
    bind(modelRoutes.train, async ({ params: { key }, body }) => {
      const policy = await known(world, key)
      if (!teaching.learns(policy.kind)) throw impossible(`"${key}" is of kind ${policy.kind}, which learns nothing.`)
      if (!(await teaching.begin({ ...body, only: [key] }))) throw impossible('A training is under way already; try again when it is over.')
      return json(202, { status: 'training' })
    }),
    bind(modelRoutes.rollback, async ({ params: { key }, body }) => {
      await known(world, key)
      const version = body.version ?? (await models.before(key))
      if (version === null) throw impossible(`There is no version of "${key}" before the live one.`)
      if (!(await models.pin({ policy: key, version }))) throw await noVersion(models, key, version)
      return live(models, key)
    }),
    bind(modelRoutes.unpin, async ({ params: { key } }) => {
      await known(world, key)
      if (!(await models.unpin(key))) throw impossible(`No version of "${key}" is pinned.`)
      return live(models, key)
    }),
    bind(modelRoutes.shadow, async ({ params: { key }, body: { version } }) => {
      await known(world, key)
      if (await models.shadow(key, version)) return NO_CONTENT
      if (version === null) throw impossible(`"${key}" has no shadow.`)
      const notes = await models.list(key)
      if (notes.some((note) => note.version === version && note.state === 'live'))
        throw impossible(`The version ${version} serves already.`)
      throw await noVersion(models, key, version)
    }),
  ]
}

/** Figures of a shadow; null of every other model. */
async function withShadow({ shadowFigures }: ModelWorld, note: ModelNote): Promise<ModelNote & { readonly figures: object | null }> {
  return { ...note, figures: note.state === 'shadow' ? await shadowFigures(note.policy, note.version) : null }
}

/** A model as it is shown. */
export function shownModel({ version, state, pinned, frozenBy, reasons, trainedAt, summary, calibration }: ModelNote): object {
  const of = (name: string) => summary[name] ?? null
  return {
    ...{ version, state, pinned, frozenBy, reasons, trainedAt: trainedAt.toISOString() },
    ...{ because: of('because'), watermark: of('watermark'), rows: of('rows'), bytes: of('bytes'), trainMs: of('trainMs') },
    quality: { asked: of('asked'), answered: of('answered'), coverage: of('coverage'), gate: of('gate') },
    calibration,
  }
}

async function known({ policies }: ModelWorld, key: string) {
  const policy = await policies.get(key)
  if (!policy) throw new Problem('not-found', { detail: `There is no policy "${key}".` })
  return policy.body
}

async function live(models: ModelStore, key: string): Promise<Answer> {
  const note = (await models.list(key)).find(({ state }) => state === 'live')
  if (!note) throw impossible(`No model of "${key}" serves.`)
  return json(200, shownModel(note))
}

async function noVersion(models: ModelStore, key: string, version: string): Promise<Problem> {
  const refused = (await models.list(key)).find((note) => note.version === version && note.state === 'refused')
  if (refused) return impossible(`The version ${version} was refused, and its bytes are not kept: ${refused.reasons.join(' ')}`)
  return new Problem('not-found', { detail: `There is no version ${version} of "${key}".` })
}

function impossible(detail: string): Problem {
  return new Problem('wrong-status', { detail, extra: { possible: [] } })
}
