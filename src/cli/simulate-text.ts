/** The studies of a simulation as a page of text: one table a scenario. */
import type { Paint } from '../reports/paint.ts'
import { heading, tableOf, wrapped } from '../reports/text-table.ts'
import type { LearnerStudy, Study, StudyOptions } from '../simulation/study.ts'

const TITLES = ['learner', 'regret', '± s.e.', 'worst tenth', 'of even', 'slope'] as const

/** What each learner is, in words. */
const WORDS: Readonly<Record<string, string>> = {
  even: 'even traffic',
  beta: 'Beta–Bernoulli Thompson',
  'plug-in': 'plug-in mean and variance',
  linear: 'Thompson, never forgets',
  evidence: 'Thompson, memory by evidence',
  centred: 'Thompson, centred by bucket',
  mature: 'Thompson, delays corrected',
  'without-context': 'Thompson, blind to context',
  'with-context': 'Thompson with context',
  'log-odds': 'Thompson of log-odds',
}

/** The whole page. */
export function studiesText(studies: readonly Study[], { seeds, seed, floor, scale }: StudyOptions, paint: Paint): string {
  const columns = TITLES.map((title, i) => ({ title, align: i === 0 ? ('left' as const) : ('right' as const) }))
  const parts = studies.map((study) =>
    [
      heading(study.scenario, study.about, paint),
      '',
      ...tableOf(columns, study.learners.map(rowOf)),
      '',
      ...wrapped(noteOf(study), '  '),
    ].join('\n'),
  )
  const foot = `Expected regret, mean of ${seeds} ${seeds === 1 ? 'run' : 'runs'} from seed ${seed}, floor ${floor}${scale === undefined ? '' : `, scale ${scale}`}.`
  return `${[...parts, foot].join('\n\n')}\n`
}

/** A learner in words. */
export function learnerWords({ learner, variant }: Pick<LearnerStudy, 'learner' | 'variant'>): string {
  const words = WORDS[learner] ?? `Thompson, memory ${learner.replace('memory-', '')}`
  return variant === '' || learner === 'even' ? words : `${words}, ${variant}`
}

function rowOf(study: LearnerStudy): readonly string[] {
  const { regret, standardError, regret90, toEven, slope } = study
  return [learnerWords(study), rounded(regret), rounded(standardError), rounded(regret90), toEven.toFixed(3), rounded(slope)]
}

function noteOf({ requests, even, leastSlope }: Study): string {
  const traffic = `${requests.toLocaleString('en')} requests; even traffic costs ${rounded(even)}.`
  if (leastSlope === null) return traffic
  return `${traffic} Slope is regret a unit of ln T over the second half; in the long run none is below ${rounded(leastSlope)} (Lai and Robbins).`
}

function rounded(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}
