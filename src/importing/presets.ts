/** All presets by key. */
import { onlineRetail } from './online-retail.ts'
import type { Preset } from './preset.ts'

export const presets: Readonly<Record<string, Preset>> = { [onlineRetail.key]: onlineRetail }
