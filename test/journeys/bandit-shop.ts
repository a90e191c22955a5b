import type { Answer, Call } from '../support/service.ts'

/** A shop whose best policy depends on the device: the first arm sells on phones, the second at desks. */

export interface Visit {
  readonly device: 'mobile' | 'desktop'
  readonly arm: string
  readonly propensity: number
  readonly decisionId: string
}

/** Chance that somebody buys, by arm and device. */
export type Sells = Readonly<Record<string, Readonly<Record<Visit['device'], number>>>>

const SELLS: Sells = {
  phone: { mobile: 0.5, desktop: 0.1 },
  desk: { mobile: 0.1, desktop: 0.5 },
}

export function banditBody(key: string, allocation: object = {}): object {
  return {
    key,
    surface: 'home',
    arms: [
      { key: 'phone', policy: 'popularity' },
      { key: 'desk', policy: 'hybrid' },
    ],
    metrics: ['conversion', 'net-revenue'],
    plan: { unitsPerArm: 10 },
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], ...allocation },
  }
}

let order = 0

/** Lets `count` shoppers in, ten at a time, who buy as their device and arm will have it; the luck is `seed`'s. */
export async function letVisitorsIn(call: Call, count: number, { seed = 1, sells = SELLS } = {}): Promise<readonly Visit[]> {
  const visits: Visit[] = []
  const luck = (i: number) => ((Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)) >>> 8) / 2 ** 24
  for (let from = 0; from < count; from += 10) {
    const some = await Promise.all(
      Array.from({ length: Math.min(10, count - from) }, (_, i) => {
        const device = (from + i) % 2 === 0 ? 'mobile' : 'desktop'
        return call('POST', '/v1/slates', { surface: 'home', unit: `visitor ${seed} ${from + i}`, context: { device } }).then((answer) => ({
          answer,
          device: device as Visit['device'],
        }))
      }),
    )
    const outcomes = some.flatMap(({ answer, device }, i) =>
      luck(from + i) < sells[armOf(answer)]![device]
        ? [{ outcomeId: `order ${++order}`, token: answer.body.token, type: 'purchase', value: '10.00', currency: 'EUR' }]
        : [],
    )
    if (outcomes.length > 0) {
      const told = await call('POST', '/v1/outcomes', { outcomes })
      if (told.status !== 200) throw new Error(told.text)
    }
    for (const { answer, device } of some)
      visits.push({ device, arm: armOf(answer), propensity: answer.body.experiment.propensity, decisionId: answer.body.decisionId })
  }
  return visits
}

/** Share of an arm among the visits of a device. */
export function shareOf(visits: readonly Visit[], device: Visit['device'], arm: string): number {
  const mine = visits.filter((visit) => visit.device === device)
  return mine.filter((visit) => visit.arm === arm).length / mine.length
}

function armOf(answer: Answer): string {
  if (answer.status !== 200 || !answer.body.experiment) throw new Error(answer.text)
  return answer.body.experiment.arm
}
