/**
 * Group commit without a timer: whoever waits while a flush is under way shares the next one.
 *
 *     append ─▶ queue ─▶ a free lane takes all of it (at most rowsMax) ─▶ one flush ─▶ everybody in it is answered
 *
 * A lane has at most one flush in flight, and a flush starts as soon as a lane is free, at the end of that turn of the event loop: what was
 * read from the sockets in one turn goes together, nobody waits for more, and the busier it gets, the larger the batches. A second lane
 * joins a busy one only when it is worth a commit of its own: many rows wait, or the flush under way is slow. When no lane is ready, or the
 * queue is longer than queueMax, the rows overflow (to the spool, for example).
 */

export interface Waiting<Row, Answer> {
  readonly row: Row
  readonly resolve: (answer: Answer) => void
}

export type Batch<Row, Answer> = readonly Waiting<Row, Answer>[]

export interface CommitLane<Row, Answer> {
  ready(): boolean
  /** Answers every row of the batch. Never rejects. */
  flush(batch: Batch<Row, Answer>): Promise<void>
}

export interface GroupCommitOptions<Row, Answer> {
  readonly lanes: readonly CommitLane<Row, Answer>[]
  /** Takes what no lane can: every lane is away, or too many rows wait. */
  readonly overflow: (batch: Batch<Row, Answer>) => void
  readonly rowsMax: number
  readonly queueMax: number
}

/**
 * When a lane starts beside a busy one. Two lanes at any time halve the batches and cost a fifth of the slates at 32 connections; one lane
 * alone has twice the p99 when a flush is slow, and is slower at 128 connections. Measured: docs/benchmarks.md.
 */
const BESIDE = { rowsLeast: 32, afterMs: 3 }

export interface GroupCommit<Row, Answer> {
  append(row: Row): Promise<Answer>
  /** All rows at once, so that they share a flush; one answer a row, in their order. */
  appendAll(rows: readonly Row[]): Promise<Answer[]>
  /** Looks again for a free lane; to be called when one became ready. */
  pump(): void
  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void>
}

export function openGroupCommit<Row, Answer>(options: GroupCommitOptions<Row, Answer>): GroupCommit<Row, Answer> {
  const { lanes, overflow, rowsMax, queueMax } = options
  const busy = lanes.map(() => false)
  let queue: Waiting<Row, Answer>[] = []
  let onIdle: (() => void)[] = []
  let isPumpDue = false
  let latestStart = Number.NEGATIVE_INFINITY
  let isLookDue = false

  function take(): Waiting<Row, Answer>[] {
    if (queue.length > rowsMax) return queue.splice(0, rowsMax)
    const all = queue
    queue = []
    return all
  }

  function pump(): void {
    for (let i = 0; i < lanes.length && queue.length > 0; i++) {
      if (busy[i] || !lanes[i]!.ready()) continue
      if (isHeldBack()) {
        lookAgainLater()
        break
      }
      void run(i, take())
    }
    while (queue.length > queueMax || (queue.length > 0 && !lanes.some((lane) => lane.ready()))) overflow(take())
    if (queue.length > 0 || busy.includes(true)) return
    for (const resolve of onIdle.splice(0)) resolve()
  }

  function isHeldBack(): boolean {
    return busy.includes(true) && queue.length < BESIDE.rowsLeast && performance.now() - latestStart < BESIDE.afterMs
  }

  function lookAgainLater(): void {
    if (isLookDue) return
    isLookDue = true
    setTimeout(() => {
      isLookDue = false
      pump()
    }, BESIDE.afterMs)
  }

  function pumpAfterThisTurn(): void {
    if (isPumpDue) return
    isPumpDue = true
    setImmediate(() => {
      isPumpDue = false
      pump()
    })
  }

  async function run(lane: number, batch: Batch<Row, Answer>): Promise<void> {
    busy[lane] = true
    latestStart = performance.now()
    await lanes[lane]!.flush(batch)
    busy[lane] = false
    pumpAfterThisTurn()
  }

  return {
    append: (row) =>
      new Promise<Answer>((resolve) => {
        queue.push({ row, resolve })
        pumpAfterThisTurn()
      }),
    appendAll(rows) {
      const answers = rows.map((row) => new Promise<Answer>((resolve) => queue.push({ row, resolve })))
      pumpAfterThisTurn()
      return Promise.all(answers)
    },
    pump,
    idle: () =>
      new Promise<void>((resolve) => {
        onIdle = [...onIdle, resolve]
        pump()
      }),
  }
}
