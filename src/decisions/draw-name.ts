/**
 * The name under which a decision's uniform number is drawn: that of its request where the caller named one, else its own.
 *
 *     u = first 53 bits of HMAC(key of draws, name)
 *
 * A name is made of what the log keeps, so that a replay finds the same u: the decision id for ever, a request's key as long as the answer
 * can be repeated.
 */

export function drawName(of: { readonly decisionId: Uint8Array } | { readonly requestKey: Uint8Array }): string {
  return 'decisionId' in of ? `decision ${hexOf(of.decisionId)}` : `request ${hexOf(of.requestKey)}`
}

function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
