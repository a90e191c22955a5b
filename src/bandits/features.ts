/**
 * Features: the fixed, named, versioned vector that describes a request to a bandit, quantised to n/1024.
 *
 * Integers, so that sums of products are exact and any order of adding gives the same bits. One-hot where values are few; countries are
 * hashed into four buckets, because a shop knows its own and we do not; hour and season are points on a circle.
 */

export const FEATURE_VERSION = 1
export const FEATURE_SCALE = 1024

/** Names by position, version 1. */
export const FEATURE_NAMES = [
  'intercept',
  'device=mobile',
  'device=tablet',
  'device=desktop',
  'country#0',
  'country#1',
  'country#2',
  'country#3',
  'hour-sin',
  'hour-cos',
  'season-sin',
  'season-cos',
  'weekend',
  'returning',
  'has-history',
  'has-item',
] as const

/** What of a request the vector is made of; all times in UTC. */
export interface FeatureSource {
  readonly device: string | undefined
  readonly country: string | undefined
  readonly returning: boolean
  readonly hasHistory: boolean
  readonly hasItem: boolean
  /** 0 ≤ hour < 24, fractions allowed. */
  readonly hour: number
  /** 0 = 1 January; fractions allowed. */
  readonly dayOfYear: number
  /** 0 = Sunday. */
  readonly weekday: number
}

/** The vector, length FEATURE_NAMES.length, each entry an integer in units of 1/1024. */
export function featuresOf(source: FeatureSource): Int16Array {
  const x = new Int16Array(FEATURE_NAMES.length)
  x[0] = FEATURE_SCALE
  if (source.device === 'mobile') x[1] = FEATURE_SCALE
  else if (source.device === 'tablet') x[2] = FEATURE_SCALE
  else if (source.device === 'desktop') x[3] = FEATURE_SCALE
  if (source.country) x[4 + (textHash(source.country) & 3)] = FEATURE_SCALE
  const hourAngle = (2 * Math.PI * source.hour) / 24
  const seasonAngle = (2 * Math.PI * source.dayOfYear) / 365.25
  x[8] = Math.round(FEATURE_SCALE * Math.sin(hourAngle))
  x[9] = Math.round(FEATURE_SCALE * Math.cos(hourAngle))
  x[10] = Math.round(FEATURE_SCALE * Math.sin(seasonAngle))
  x[11] = Math.round(FEATURE_SCALE * Math.cos(seasonAngle))
  if (source.weekday === 0 || source.weekday === 6) x[12] = FEATURE_SCALE
  if (source.returning) x[13] = FEATURE_SCALE
  if (source.hasHistory) x[14] = FEATURE_SCALE
  if (source.hasItem) x[15] = FEATURE_SCALE
  return x
}

/** FNV-1a, 32 bit. */
function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
