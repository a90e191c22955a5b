/** Exposure control: once in a while the pressures of every surface with targets follow what was shown. */
import type { Surface } from '../policies/surface.ts'
import type { ExposureControlStore } from '../store/exposure-control-store.ts'

export interface ControlledShop {
  readonly surfaces: () => Promise<readonly Surface[]>
  readonly controls: ExposureControlStore
}

/** One step of every surface that has targets, or had. Rejects with PostgreSQL's error. */
export async function controlExposure({ surfaces, controls }: ControlledShop): Promise<void> {
  const [all, known] = await Promise.all([surfaces(), controls.list()])
  const controlled = new Set(known.map(({ surface }) => surface))
  for (const { key, assembly } of all) {
    const targets = assembly?.exposure ?? []
    if (targets.length > 0 || controlled.has(key)) await controls.step(key, targets)
  }
}
