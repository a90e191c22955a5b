/** The feature vector of a slate request: what it says, as far as the shopper agrees, and when it came. */
import { featuresOf } from '../bandits/features.ts'
import { calendarOf } from './calendar.ts'
import type { Consent } from './consent.ts'
import type { SlateRequest } from './slate-request.ts'

export interface FeaturedRequest {
  readonly request: SlateRequest
  readonly consent: Consent
  /** Milliseconds since 1970. */
  readonly now: number
  /** Whether anything is known of what the shopper did before. */
  readonly hasHistory: boolean
}

/** In units of 1/1024, in the order of FEATURE_NAMES. */
export function requestFeatures({ request, consent, now, hasHistory }: FeaturedRequest): Int16Array {
  const context = consent.personalisation ? request.context : undefined
  return featuresOf({
    device: text(context?.device),
    country: text(context?.country),
    returning: hasHistory || context?.returning === true || context?.returning === 'true',
    hasHistory,
    hasItem: context?.itemId !== undefined,
    ...calendarOf(now),
  })
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
