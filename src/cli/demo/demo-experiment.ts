/** The experiment of the demo: three strategies on the start page. Made and started by HTTP, unless it is there already. */
import type { Status } from '../../experiments/lifecycle.ts'
import { bodyOf, type Client } from './client.ts'

export const EXPERIMENT = 'home-policy'
export const ARMS = ['popularity', 'hybrid', 'content'] as const

const PATH = `/v1/experiments/${EXPERIMENT}`
/** Of the shoppers, in each arm: reached after some three minutes with the default shop and rate. */
const PLANNED_SHARE = 0.2
const UNITS_LEAST = 20

/** Leaves alone what somebody paused or stopped; tells the status. */
export async function startExperiment(client: Client, shoppers: number): Promise<Status> {
  const found = await client.send('GET', PATH)
  if (found.status !== 404 && bodyOf(found, 'Looking for the experiment').status !== 'draft') return found.body.status
  if (found.status === 404) bodyOf(await client.send('POST', '/v1/experiments', experimentOf(shoppers)), 'Making the experiment')
  return bodyOf(await client.send('POST', `${PATH}/start`), 'Starting the experiment').status
}

function experimentOf(shoppers: number): object {
  return {
    key: EXPERIMENT,
    name: 'Which strategy belongs on the start page?',
    hypothesis: 'What suits a shopper sells more than what sells anyway.',
    surface: 'home',
    arms: ARMS.map((policy) => ({ key: policy, policy, control: policy === 'popularity' })),
    metrics: ['conversion', 'net-revenue', 'ctr'],
    guardrails: [{ metric: 'ctr', margin: 0.1 }],
    plan: { unitsPerArm: Math.max(UNITS_LEAST, Math.round(PLANNED_SHARE * shoppers)) },
  }
}
