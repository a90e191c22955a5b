/** How far a surface is from its exposure targets. */
import { type Bound, bind, json } from '../handler.ts'
import { Problem } from '../problems.ts'
import { readExposure } from '../routes/exposure-targets.ts'
import type { World } from '../world.ts'

export type ExposureWorld = Pick<World, 'surfaces' | 'exposureControls'>

export function exposureHandlers({ surfaces, exposureControls }: ExposureWorld): readonly Bound[] {
  return [
    bind(readExposure, async ({ params: { key } }) => {
      const surface = await surfaces.get(key)
      if (!surface) throw new Problem('not-found', { detail: `There is no surface "${key}".` })
      const known = (await exposureControls.list()).filter((control) => control.surface === key)
      const targets = (surface.body.assembly?.exposure ?? []).map(({ field, value, share }) => {
        const control = known.find((one) => one.field === field && one.value === value)
        const { slates = 0, pressure = 0 } = control ?? {}
        return { field, value, share, shown: slates > 0 ? control!.shown : null, slates, pressure }
      })
      return json(200, { targets })
    }),
  ]
}
