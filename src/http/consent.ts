/** Consent: what a request allows. Said in the body; where the body is silent, GPC or DNT mean neither is allowed. */
import type { IncomingMessage } from 'node:http'

export interface Consent {
  readonly measurement: boolean
  readonly personalisation: boolean
}

const ALL: Consent = { measurement: true, personalisation: true }
const NONE: Consent = { measurement: false, personalisation: false }

/** The consent of a request. Without consent to be measured nothing can be personal either. */
export function consentOf(
  said: { readonly measurement?: boolean | undefined; readonly personalisation?: boolean | undefined } | undefined,
  headers: IncomingMessage['headers'],
): Consent {
  const silent = headers['sec-gpc'] === '1' || headers.dnt === '1' ? NONE : ALL
  if (!said) return silent
  const measurement = said.measurement ?? silent.measurement
  return { measurement, personalisation: measurement && (said.personalisation ?? silent.personalisation) }
}
