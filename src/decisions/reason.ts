/** Why a slate is what it is: one word in every answer and every exposure. */

export const REASONS = {
  fixed: 'An experiment with fixed allocation gave the unit its arm.',
  thompson: 'A bandit drew the arm, by what it had learned about requests like this one.',
  assigned: 'The unit keeps the arm that a bandit drew at its first request.',
  withheld: 'The unit’s arm was masked since it was drawn: the surface’s own policy served, and the exposure counts for the arm.',
  unassigned: 'The arm of the unit could be neither looked up nor kept, so no experiment was touched.',
  default: 'No experiment touches this request: the surface’s own policy served.',
  fallback: 'The chosen policy could not serve; a lower rung of the ladder did.',
  'no-consent': 'The shopper does not consent to be measured: nothing personal was used, nothing was logged.',
  unlogged: 'The exposure could not be written anywhere, so no experiment was touched.',
} as const
export type Reason = keyof typeof REASONS
