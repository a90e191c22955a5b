/** Asks a question about rows in memory, as if they stood in a file from line 2 on. */
import { openAnalysis } from '../../src/analysis/analysis.ts'
import type { Answer, Result } from '../../src/analysis/answer-shape.ts'
import { metricOf, type Question } from '../../src/analysis/question.ts'

export type Cell = string | number
export const ask = (metrics: string[], more: Partial<Question> = {}): Question => ({
  ...{ arm: 'arm', control: 'c', metrics: metrics.map(metricOf), method: 'fixed', level: 0.95 },
  ...more,
})

export function analysed(question: Question, header: string[], rows: readonly (readonly Cell[])[], unitsInMemoryMax?: number): Answer {
  const analysis = openAnalysis(question, header, unitsInMemoryMax === undefined ? {} : { unitsInMemoryMax })
  try {
    rows.forEach((cells, i) => {
      analysis.row(cells.map(String), i + 2)
    })
    return analysis.finish()
  } finally {
    analysis.close()
  }
}

export const absolute = (result: Result) => result.absolute as { estimate: number; low: number; high: number; standardError: number }
