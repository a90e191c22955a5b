import type { Call } from '../support/service.ts'

/**
 * Many small shops at once, each with a bandit of its own, whose truth is known. The best arm depends on the device, the seasons move what
 * everybody buys, and who comes changes too: whoever compares the arms' plain means is fooled.
 *
 *     P(bought) = season(device, t) + effect(arm, device)          effect of the control: 0
 *     a basket is of 20 euros with a chance that depends on the device, of 10 otherwise: money per order depends on whom an arm suits
 *     share of phones among those who come: from 80 % down to 40 %
 */

const DEVICES = ['mobile', 'desktop'] as const
type Device = (typeof DEVICES)[number]

/** What an arm adds to the chance that somebody buys. */
const EFFECT: Readonly<Record<string, Readonly<Record<Device, number>>>> = {
  control: { mobile: 0, desktop: 0 },
  phone: { mobile: 0.1, desktop: -0.05 },
  desk: { mobile: -0.05, desktop: 0.1 },
}

const DEARER: Readonly<Record<Device, number>> = { mobile: 0.1, desktop: 0.7 }

export interface ShopRun {
  readonly experiment: string
  /** True differences to the control by arm, over the visits that there were: orders and money a decision, money an order. */
  truth(arm: string): { readonly orders: number; readonly money: number; readonly moneyPerOrder: number }
  /** Share of the visits, from the half of the run on, that got the arm which is best for their device. */
  shareOfBest(): number
}

export interface Season {
  readonly rounds: number
  readonly visitsARound: number
}

/** Items, lists and surfaces; one running experiment a shop. */
export async function openShops(call: Call, count: number): Promise<readonly string[]> {
  const must = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
  }
  const items = Array.from({ length: 3 }, (_, i) => ({ itemId: `SKU-${i}`, title: `Shoe ${i}`, price: '10.00', currency: 'EUR', stock: 9 }))
  await must('POST', '/v1/items', items)
  const arms = Object.keys(EFFECT)
  const purchases = (aggregate: string) => ({ types: ['purchase'], aggregate })
  const ratio = { key: 'order-value', kind: 'ratio', numerator: purchases('value'), denominator: purchases('count'), currency: 'EUR' }
  await must('POST', '/v1/metrics', ratio)
  for (const [i, arm] of arms.entries())
    await must('POST', '/v1/policies', { key: `list-${arm}`, kind: 'fixed', parameters: { items: [`SKU-${i}`] } })
  const keys = Array.from({ length: count }, (_, i) => `shop-${i}`)
  for (const key of keys) {
    await must('POST', '/v1/surfaces', { key, size: 1, policy: 'list-control', fallback: 'list-control' })
    await must('POST', '/v1/experiments', {
      ...{ key, surface: key, metrics: ['conversion', 'net-revenue', 'order-value'], plan: { unitsPerArm: 500 } },
      arms: arms.map((arm) => ({ key: arm, policy: `list-${arm}` })),
      allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], floor: 0.1 },
    })
    await must('POST', `/v1/experiments/${key}/start`)
  }
  return keys
}

/** One shop's season; `settle` lets the bandit learn between two rounds. */
export function openRun(call: Call, experiment: string, luck: () => number, { rounds, visitsARound }: Season) {
  const expected = Object.fromEntries(Object.keys(EFFECT).map((arm) => [arm, { orders: 0, money: 0 }]))
  let visits = 0
  let late = 0
  let best = 0
  let orders = 0

  async function visit(round: number, n: number): Promise<object | null> {
    const part = (round + n / visitsARound) / rounds
    const device: Device = luck() < 0.8 - 0.4 * part ? 'mobile' : 'desktop'
    const wish = luck()
    const isDear = luck() < DEARER[device]
    const slate = await call('POST', '/v1/slates', { surface: experiment, unit: `${round} ${n}`, context: { device } })
    if (slate.status !== 200 || !slate.body.experiment) throw new Error(slate.text)
    const { arm } = slate.body.experiment
    if (part > 0.5) {
      late += 1
      if (arm === (device === 'mobile' ? 'phone' : 'desk')) best += 1
    }
    const season = (device === 'mobile' ? 0.1 : 0.3) + 0.05 * Math.sin(6 * part)
    visits += 1
    for (const [other, effects] of Object.entries(EFFECT)) {
      expected[other]!.orders += season + effects[device]
      expected[other]!.money += (season + effects[device]) * 10 * (1 + DEARER[device])
    }
    if (wish >= season + EFFECT[arm]![device]) return null
    return {
      outcomeId: `${experiment} ${++orders}`,
      token: slate.body.token,
      type: 'purchase',
      value: isDear ? '20.00' : '10.00',
      currency: 'EUR',
    }
  }

  return {
    async round(round: number): Promise<void> {
      const outcomes = (await Promise.all(Array.from({ length: visitsARound }, (_, n) => visit(round, n)))).filter((one) => one !== null)
      if (outcomes.length === 0) return
      const told = await call('POST', '/v1/outcomes', { outcomes })
      if (told.status !== 200) throw new Error(told.text)
    },
    result: (): ShopRun => ({
      experiment,
      truth: (arm) => {
        const [own, control] = [expected[arm]!, expected.control!]
        return {
          orders: (own.orders - control.orders) / visits,
          money: (own.money - control.money) / visits,
          moneyPerOrder: own.money / own.orders - control.money / control.orders,
        }
      },
      shareOfBest: () => best / late,
    }),
  }
}
