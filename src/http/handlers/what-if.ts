/** What another policy would have been worth, as JSON or as a page. */
import { whatIfText } from '../../reports/what-if-text.ts'
import { foldBriefly, type ReportWorld } from '../experiment-report.ts'
import { type AskedEpoch, experimentWhatIf, whatIfFaults } from '../experiment-what-if.ts'
import { type Bound, bind, json } from '../handler.ts'
import { negotiated } from '../negotiation.ts'
import { pointerOf } from '../pointer.ts'
import { Problem } from '../problems.ts'
import { TEXT_TYPE } from '../route.ts'
import { askWhatIf } from '../routes/what-if.ts'
import { faultsProblem } from '../validation.ts'

const FORMATS = [
  { name: 'json', type: 'application/json' },
  { name: 'text', type: 'text/plain' },
] as const

export function whatIfHandlers(world: ReportWorld): readonly Bound[] {
  return [
    bind(askWhatIf, async ({ params: { key }, body, request }) => {
      const format = negotiated(request.headers.accept, FORMATS)
      if (format === null) throw new Problem('not-acceptable', { extra: { available: FORMATS.map(({ type }) => type) } })
      const asked = await askedEpoch(world, key, body.epoch)
      const faults = whatIfFaults(body, asked)
      if (faults.length > 0)
        throw faultsProblem(
          'invalid',
          faults.map(({ path, message }) => ({ pointer: pointerOf({ path: [...path] }), detail: message })),
        )
      await foldBriefly(world.database)
      const answer = await experimentWhatIf(world, asked, { request: body })
      const headers = { Vary: 'Accept' }
      return format === 'json' ? json(200, answer, headers) : { status: 200, type: TEXT_TYPE, body: whatIfText(answer), headers }
    }),
  ]
}

/** The epoch of a bandit; a problem when there is none such. */
export async function askedEpoch({ experiments }: Pick<ReportWorld, 'experiments'>, key: string, no?: number): Promise<AskedEpoch> {
  const [noun, epochs] = await Promise.all([experiments.get(key), experiments.epochs(key)])
  if (!noun) throw new Problem('not-found', { detail: `There is no experiment "${key}".` })
  const epoch = no === undefined ? epochs.at(-1) : epochs.find((each) => each.no === no)
  if (!epoch && no !== undefined) throw new Problem('not-found', { detail: `The experiment "${key}" has no epoch ${no}.` })
  const { allocation } = noun.body
  if (!epoch)
    throw new Problem('wrong-status', {
      detail: `The experiment "${key}" was never started, so nothing is logged.`,
      extra: { current: noun.status, possible: ['start'] },
    })
  if (allocation.kind === 'fixed' || epoch.settings.allocation.kind === 'fixed')
    throw new Problem('wrong-status', {
      detail: `The experiment "${key}" divides its traffic by fixed weights: its report compares the arms, and no draw depends on the request.`,
      extra: { current: noun.status, possible: [] },
    })
  return { key, epoch, allocation }
}
