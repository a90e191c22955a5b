import { defineConfig } from 'vitest/config'

/** Two projects: `fast` needs nothing but Node, and its files share workers; `full` starts PostgreSQL, servers and long simulations. */
const slow = [
  'test/journeys/**/*.test.ts',
  'test/simulations/**/*.test.ts',
  'test/log/**/*.test.ts',
  'test/store/**/*.test.ts',
  'test/training/**/*.test.ts',
  'test/importing/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/policies/learn-calibration.test.ts',
  'test/policies/cell-index.test.ts',
  'test/reports/gate-judge.test.ts',
  'test/reports/report-calibration.test.ts',
  'test/analysis/unit-table.test.ts',
]

export default defineConfig({
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      { test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: slow, isolate: false, testTimeout: 60_000 } },
      {
        test: {
          name: 'full',
          include: slow,
          globalSetup: ['test/support/postgres-cluster.ts'],
          // a fifth of this on a free machine: nothing here is a measurement of speed
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          fileParallelism: true,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
