import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Prints how many tests passed and failed as one plain line, and leaves it in CROUPIER_TEST_COUNT_FILE for `.ci/run`. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state === 'passed' || state === 'failed' || state === 'skipped') count[state]++
      }
    }
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
    console.log(`\n${line}`)
    const file = process.env.CROUPIER_TEST_COUNT_FILE
    if (file) writeFileSync(file, `${line}\n`)
  }
}
