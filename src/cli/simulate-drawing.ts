/** Regret over time as SVG: one panel a scenario, one line a learner, as a share of what even traffic has cost at the end. */
import type { LearnerStudy, Study } from '../simulation/study.ts'
import { learnerWords } from './simulate-text.ts'

const PANEL = { width: 560, height: 270, left: 52, right: 250, top: 62, bottom: 34 }
const COLUMNS = 2
const INK = '#57606a'
const EVEN = '#9aa4af'
const COLOURS = ['#c4432b', '#3b6fb6', '#d08a1d', '#1a7f64', '#7d4bb0', '#2b9aa8']
const LABEL_HEIGHT = 15

/** A drawing of all studies, legible on light and dark pages. */
export function regretDrawing(studies: readonly Study[]): string {
  const columns = Math.min(COLUMNS, studies.length)
  const width = columns * PANEL.width
  const height = Math.ceil(studies.length / columns) * PANEL.height
  const panels = studies.map((study, i) => {
    const place = `translate(${(i % columns) * PANEL.width} ${Math.floor(i / columns) * PANEL.height})`
    return `<g transform="${place}">${panelOf(study)}</g>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Regret of bandits over time" font-family="system-ui, sans-serif" font-size="12">`,
    ...panels,
    '</svg>\n',
  ].join('\n')
}

function panelOf(study: Study): string {
  const [x0, x1, y0, y1] = [PANEL.left, PANEL.width - PANEL.right, PANEL.height - PANEL.bottom, PANEL.top]
  const most = Math.max(1, ...study.learners.flatMap(({ curve }) => curve.map((regret) => regret / study.even)))
  const y = (share: number) => y0 - ((y0 - y1) * share) / most
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${x0}" y1="${round(y(share))}" x2="${x1}" y2="${round(y(share))}" stroke="${INK}" stroke-opacity="0.25"/>${text({ x: x0 - 8, y: y(share) + 4, anchor: 'end' }, `${share * 100} %`)}`,
  )
  const coloured = study.learners.map((one, i) => ({
    one,
    colour: one.learner === 'even' ? EVEN : COLOURS[(i + COLOURS.length - 1) % COLOURS.length]!,
  }))
  const lines = coloured.map(({ one, colour }) => {
    const points = one.curve.map(
      (regret, bucket) => `${round(x0 + ((x1 - x0) * (bucket + 1)) / one.curve.length)} ${round(y(regret / study.even))}`,
    )
    return `<path d="M${x0} ${y0}L${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`
  })
  const heights = spread(
    study.learners.map((one) => y(endOf(one) / study.even)),
    y1,
    y0,
  )
  const labels = coloured.map(({ one, colour }, i) => text({ x: x1 + 10, y: heights[i]! + 4, colour }, learnerWords(one)))
  return [
    text({ x: 14, y: 22, weight: 600, size: 14 }, study.scenario),
    text({ x: 14, y: 40 }, study.about),
    ...grid,
    text(
      { x: x1, y: y0 + 18, anchor: 'end' },
      `${study.requests.toLocaleString('en')} requests; 100 % is a regret of ${Math.round(study.even).toLocaleString('en')}`,
    ),
    ...lines,
    ...labels,
  ].join('')
}

function endOf({ curve }: LearnerStudy): number {
  return curve.at(-1)!
}

/** Moves labels apart, downwards first and back up where the panel ends, keeping their order. */
function spread(heights: readonly number[], top: number, bottom: number): readonly number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)
  const moved = [...heights]
  let least = top
  for (const i of order) {
    moved[i] = Math.max(moved[i]!, least)
    least = moved[i]! + LABEL_HEIGHT
  }
  let most = bottom
  for (const i of order.reverse()) {
    moved[i] = Math.min(moved[i]!, most)
    most = moved[i]! - LABEL_HEIGHT
  }
  return moved
}

interface Place {
  readonly x: number
  readonly y: number
  readonly anchor?: 'start' | 'end'
  readonly colour?: string
  readonly weight?: number
  readonly size?: number
}

function text({ x, y, anchor = 'start', colour = INK, weight = 400, size = 12 }: Place, words: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}" font-weight="${weight}" font-size="${size}">${words}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
