/** What a bandit believes now: as JSON, as a page, or as a picture. */
import { banditStateSvg } from '../../reports/bandit-state-svg.ts'
import { banditStateText } from '../../reports/bandit-state-text.ts'
import { betweenFault, experimentBandit } from '../experiment-bandit.ts'
import type { ReportWorld } from '../experiment-report.ts'
import { type Bound, bind, json } from '../handler.ts'
import { negotiated } from '../negotiation.ts'
import { Problem } from '../problems.ts'
import { SVG_TYPE, TEXT_TYPE } from '../route.ts'
import { readBandit } from '../routes/bandit.ts'
import { faultsProblem } from '../validation.ts'
import { askedEpoch } from './what-if.ts'

const FORMATS = [
  { name: 'json', type: 'application/json' },
  { name: 'text', type: 'text/plain' },
  { name: 'svg', type: SVG_TYPE },
] as const

export function banditHandlers(world: ReportWorld): readonly Bound[] {
  return [
    bind(readBandit, async ({ params: { key }, query, request }) => {
      const format = query.format ?? negotiated(request.headers.accept, FORMATS)
      if (format === null) throw new Problem('not-acceptable', { extra: { available: FORMATS.map(({ type }) => type) } })
      const asked = await askedEpoch(world, key)
      const between = query.between?.split(',') ?? null
      const fault = between && betweenFault(between, asked)
      if (fault) throw faultsProblem('bad-query', [{ pointer: '/between', detail: fault }])
      const state = await experimentBandit(world, asked, between as [string, string] | null)
      const headers = { Vary: 'Accept' }
      if (format === 'json') return json(200, state, headers)
      if (format === 'text') return { status: 200, type: TEXT_TYPE, body: banditStateText(state), headers }
      const drawn = banditStateSvg(state)
      if (drawn === null)
        throw new Problem('not-acceptable', { detail: 'There is no picture: it takes two objectives, and something learned.' })
      return { status: 200, type: SVG_TYPE, body: drawn, headers }
    }),
  ]
}
