/** The moments of one metric by arm and segment, gathered unit by unit. */

import { type JointAccumulator, openJointAccumulator } from '../stats/joint-accumulator.ts'
import { type JointMoments, mergeJointMoments } from '../stats/pair-moments.ts'
import type { MetricLayout } from './layout.ts'
import type { UnitRecord } from './row-reader.ts'
import { openShapeAccumulator, type Shape, type ShapeAccumulator } from './shape-accumulator.ts'

export interface MetricCells {
  add(record: UnitRecord): void
  /** Of (value) or (numerator, denominator), then (covariate, has history) when there is one. Units without the metric are not in it. */
  momentsOf(arm: number): JointMoments
  momentsIn(arm: number, segment: number): JointMoments
  /** Of the value or the numerator. */
  shapeOf(arm: number): Shape
  /** Units whose value was above the cap. */
  cappedOf(arm: number): number
}

export interface CellOptions {
  readonly covariate: number | null
  readonly cap?: number
}

interface ArmCells {
  readonly bySegment: JointAccumulator[]
  readonly shape: ShapeAccumulator
  capped: number
}

/** Opens empty cells. */
export function openMetricCells({ at }: MetricLayout, { covariate, cap = Number.POSITIVE_INFINITY }: CellOptions): MetricCells {
  const width = at.length + (covariate === null ? 0 : 2)
  const unit = new Float64Array(width)
  const arms: ArmCells[] = []

  function cellsOf(arm: number): ArmCells {
    while (arms.length <= arm) arms.push({ bySegment: [], shape: openShapeAccumulator(), capped: 0 })
    return arms[arm]!
  }

  function momentsIn(arm: number, segment: number): JointMoments {
    return (cellsOf(arm).bySegment[segment] ?? openJointAccumulator(width)).moments()
  }

  return {
    add({ arm, segment, values }) {
      for (let i = 0; i < at.length; i++) {
        const value = values[at[i]!]!
        if (Number.isNaN(value)) return
        unit[i] = value
      }
      const cells = cellsOf(arm)
      if (unit[0]! > cap) {
        unit[0] = cap
        cells.capped++
      }
      if (covariate !== null) {
        // x and "has history": a unit without history is kept, as withHistory() has it
        const x = values[covariate]!
        const known = !Number.isNaN(x)
        unit[at.length] = known ? x : 0
        unit[at.length + 1] = known ? 1 : 0
      }
      cells.shape.add(unit[0]!)
      while (cells.bySegment.length <= segment) cells.bySegment.push(openJointAccumulator(width))
      cells.bySegment[segment]!.add(unit)
    },
    momentsIn,
    momentsOf: (arm) =>
      cellsOf(arm)
        .bySegment.map((_, segment) => momentsIn(arm, segment))
        .reduce(mergeJointMoments, momentsIn(arm, -1)),
    shapeOf: (arm) => cellsOf(arm).shape.shape(),
    cappedOf: (arm) => cellsOf(arm).capped,
  }
}
