/** All studies, in the order of the page. C19 (the live service against a recount in memory) is a journey test. */

import type { Study } from './statement.ts'
import { banditAtEveryLook, banditAtTheEnd } from './studies/bandit.ts'
import { chanceToWin } from './studies/bayesian.ts'
import { clicksByView, clusteredQuantile } from './studies/clustered.ts'
import { conversionWithoutEffect, liftCoverage } from './studies/conversion.ts'
import { covariateWithoutEffect } from './studies/covariate.ts'
import { plannedLooks } from './studies/group-sequential.ts'
import { alwaysValidPower, peeking } from './studies/peeking.ts'
import { plannedPower } from './studies/power.ts'
import { winnersCurse } from './studies/programme.ts'
import { revenueWithoutEffect, unevenRevenue } from './studies/revenue.ts'
import { sampleRatios, sequentialSampleRatios, thompsonPropensities } from './studies/sample-ratio.ts'

export interface NamedStudy {
  readonly ids: string
  readonly title: string
  readonly run: Study
}

export const STUDIES: readonly NamedStudy[] = [
  { ids: 'C1', title: 'Conversion without an effect', run: conversionWithoutEffect },
  { ids: 'C2', title: 'Revenue without an effect', run: revenueWithoutEffect },
  { ids: 'C3', title: 'Coverage of the relative lift', run: liftCoverage },
  { ids: 'C4', title: 'Several views a shopper', run: clicksByView },
  { ids: 'C5', title: 'Covariates from before', run: covariateWithoutEffect },
  { ids: 'C6', title: 'Looking on the way', run: peeking },
  { ids: 'C7', title: 'Planned looks', run: plannedLooks },
  { ids: 'C8', title: 'What the always-valid test finds', run: alwaysValidPower },
  { ids: 'C9, C10', title: 'Uplift from bandit traffic, at the end', run: banditAtTheEnd },
  { ids: 'C11', title: 'Uplift from bandit traffic, at every look', run: banditAtEveryLook },
  { ids: 'C12', title: 'Propensities of Thompson sampling', run: thompsonPropensities },
  { ids: 'C13', title: 'Sample ratio', run: sampleRatios },
  { ids: 'C14', title: 'Sample ratio, looked at on the way', run: sequentialSampleRatios },
  { ids: 'C15', title: 'Chance to win as a stopping rule', run: chanceToWin },
  { ids: 'C16', title: "A year of experiments and the winner's curse", run: winnersCurse },
  { ids: 'C17', title: 'A quantile of clustered events', run: clusteredQuantile },
  { ids: 'C18', title: 'Revenue with an uneven split', run: unevenRevenue },
  { ids: 'C20', title: 'Planned power', run: plannedPower },
]
