import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, callerOf } from '../support/service.ts'

/**
 * Shoppers who go on whatever happens: they ask for slates, tell what came of them, ask again when no answer came, and remember every word
 * they were given.
 */
export interface Shoppers {
  readonly heard: Heard
  /** Resolves when everybody has finished what they were at. */
  stop(): Promise<Heard>
}

/** What the service acknowledged. */
export interface Heard {
  /** Decisions of experiments, as UUIDs. */
  readonly decisions: string[]
  readonly outcomes: string[]
  /** Slates by their reason. */
  readonly reasons: Map<string, number>
  /** Results of outcomes by their status. */
  readonly statuses: Map<string, number>
  /** Whatever a shopper should not get to see. */
  readonly odd: string[]
  /** Requests without an answer: nobody was there. */
  unanswered: number
  slowestSlateMs: number
}

export interface ShoppersOptions {
  /** Where the service is now; it may move. */
  readonly url: () => string
  readonly name: string
  readonly clients?: number
  readonly units?: number
  /** Pause between two slates of one client, in milliseconds. */
  readonly pauseMs?: number
}

const AGAIN_MS = 20

export function letIn({ url, name, clients = 6, units = 200, pauseMs = 0 }: ShoppersOptions): Shoppers {
  const heard: Heard = {
    decisions: [],
    outcomes: [],
    reasons: new Map(),
    statuses: new Map(),
    odd: [],
    unanswered: 0,
    slowestSlateMs: 0,
  }
  let going = true

  /** Null when the day is over before an answer came. */
  async function ask(path: string, body: object): Promise<Answer | null> {
    for (;;) {
      try {
        return await callerOf(url())('POST', path, body)
      } catch {
        heard.unanswered += 1
        if (!going) return null
        await sleep(AGAIN_MS)
      }
    }
  }

  async function look(client: number, turn: number): Promise<void> {
    const unit = `${name} ${(client * 37 + turn) % units}`
    const request = { surface: 'home', unit, ...(turn % 3 === 0 ? { requestId: `${name}-${client}-${turn}` } : {}) }
    const start = performance.now()
    const answer = await ask('/v1/slates', request)
    if (!answer) return
    heard.slowestSlateMs = Math.max(heard.slowestSlateMs, performance.now() - start)
    if (answer.status !== 200) return void heard.odd.push(`slate ${answer.status} ${answer.text}`)
    const { decisionId, experiment, reason, token, items } = answer.body
    bump(heard.reasons, reason)
    if (items.length === 0) heard.odd.push('an empty slate')
    if (experiment) heard.decisions.push(decisionId)
    await tell(`${name}-${client}-${turn}`, token === null ? { unit } : { token }, turn)
  }

  async function tell(id: string, whose: object, turn: number): Promise<void> {
    const outcomes: object[] = [{ outcomeId: `${id}-view`, ...whose, type: 'view' }]
    if (turn % 4 === 0) outcomes.push({ outcomeId: `${id}-buy`, ...whose, type: 'purchase', value: '19.99', currency: 'EUR' })
    for (let times = turn % 5 === 0 ? 2 : 1; times > 0; times--) {
      const answer = await ask('/v1/outcomes', { outcomes })
      if (!answer) return
      if (answer.status !== 200) return void heard.odd.push(`outcomes ${answer.status} ${answer.text}`)
      for (const { outcomeId, status } of answer.body.results) {
        bump(heard.statuses, status)
        if (status === 'refused') heard.odd.push(`${outcomeId} refused: ${answer.text}`)
        else heard.outcomes.push(outcomeId)
      }
    }
  }

  const all = Array.from({ length: clients }, async (_, client) => {
    for (let turn = 0; going; turn++) {
      await look(client, turn)
      if (pauseMs > 0) await sleep(pauseMs)
    }
  })
  return {
    heard,
    async stop() {
      going = false
      await Promise.all(all)
      return heard
    },
  }
}

function bump(counter: Map<string, number>, key: string): void {
  counter.set(key, (counter.get(key) ?? 0) + 1)
}
