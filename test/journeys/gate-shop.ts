import type { Call } from '../support/service.ts'

/** A shop whose arms sell and get back at rates that a test sets. */

export interface Rates {
  readonly buys: number
  readonly returns?: number
}

export interface Visitors {
  readonly surface: string
  readonly rates: Readonly<Record<string, Rates>>
  readonly count: number
}

let visitor = 0

/** Lets new visitors in, twenty at a time; returns how often each arm was seen. */
export async function letVisitorsBuy(call: Call, { surface, rates, count }: Visitors): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {}
  for (let from = 0; from < count; from += 20) {
    const slates = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', '/v1/slates', { surface, unit: `gate visitor ${++visitor}` })),
    )
    const outcomes = slates.flatMap(({ body: { experiment, token } }, i) => {
      if (!experiment) return []
      seen[experiment.arm] = (seen[experiment.arm] ?? 0) + 1
      const { buys, returns = 0 } = rates[experiment.arm]!
      const outcome = (type: string, value: string) => ({ outcomeId: `${type} ${visitor} ${i}`, token, type, value, currency: 'EUR' })
      return [
        ...(luck(visitor + i, 1) < buys ? [outcome('purchase', '10.00')] : []),
        ...(luck(visitor + i, 2) < returns ? [outcome('return', '-10.00')] : []),
      ]
    })
    if (outcomes.length === 0) continue
    const { status, text } = await call('POST', '/v1/outcomes', { outcomes })
    if (status !== 200) throw new Error(text)
  }
  return seen
}

/** The same in every run. */
function luck(i: number, stream: number): number {
  return ((Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca6b)) >>> 8) / 2 ** 24
}

export function gateBody(key: string, change: object = {}): object {
  return {
    ...{ key, surface: 'home', metrics: ['conversion', 'sent-back'], plan: { unitsPerArm: 200 } },
    arms: [
      { key: 'control', policy: 'popularity' },
      { key: 'one', policy: 'hybrid' },
      { key: 'two', policy: 'content' },
    ],
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], uniformShare: 0.2 },
    ...change,
  }
}

export const SENT_BACK = { key: 'sent-back', kind: 'proportion', of: { types: ['return'] }, direction: 'decrease' }
