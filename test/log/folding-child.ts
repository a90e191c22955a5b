import { foldOnce } from '../../src/log/fold.ts'
import { openDatabase } from '../../src/store/database.ts'

/** Folds without a pause until it is killed. */
const database = openDatabase(process.argv[2]!)
for (;;) {
  const report = await foldOnce(database, { rowsMax: 50 }).catch((error: Error) => ({ kind: error.message }))
  process.stdout.write(`${report.kind}\n`)
}
