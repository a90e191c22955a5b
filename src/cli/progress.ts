/** Progress on standard error: a bar on a terminal, a plain line every few seconds anywhere else. Standard output stays the command's. */
import { MultiBar, type SingleBar } from 'cli-progress'

export interface Progress {
  /** Begins a part of the work, ending the one before. */
  phase(name: string): void
  /** How far it is: done of total, and rows so far where rows are counted. */
  at(done: number, total: number, rows?: number): void
  stop(): void
}

export interface ProgressOptions {
  /** Where it is written; standard error unless a test listens. */
  readonly stream?: NodeJS.WriteStream
  /** Between two plain lines. */
  readonly everyMs?: number
}

const PLAIN_EVERY_MS = 3_000
const REDRAWN_A_SECOND = 8
/** The pace is that of the last seconds, not of the whole run. */
const PACE_WINDOW_MS = 5_000

/** Opens a display. */
export function openProgress({ stream = process.stderr, everyMs = PLAIN_EVERY_MS }: ProgressOptions = {}): Progress {
  return stream.isTTY ? barProgress(stream) : plainProgress(stream, everyMs)
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const bars = new MultiBar({
    stream,
    fps: REDRAWN_A_SECOND,
    clearOnComplete: false,
    hideCursor: true,
    format: '{phase} {bar} {percentage}%{pace} {left}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
  })
  let bar: SingleBar | null = null
  let pace = openPace()
  return {
    phase(name) {
      if (bar) bar.update(bar.getTotal())
      pace = openPace()
      bar = bars.create(1, 0, { phase: name.padEnd(12), pace: '', left: '' })
    },
    at(done, total, rows) {
      bar?.setTotal(Math.max(total, 1))
      const rate = pace(done, rows ?? 0)
      bar?.update(done, {
        pace: rows === undefined ? '' : `  ${paceText(rows, rate.rowsPerSecond)}`,
        left: leftText(done, total, rate.donePerSecond),
      })
    },
    stop: () => bars.stop(),
  }
}

function plainProgress(stream: NodeJS.WriteStream, everyMs: number): Progress {
  let phase = ''
  let told = performance.now()
  let pace = openPace()
  return {
    phase(name) {
      phase = name
      pace = openPace()
    },
    at(done, total, rows) {
      const now = performance.now()
      const rate = pace(done, rows ?? 0)
      if (now - told < everyMs) return
      told = now
      const percent = total > 0 ? Math.floor((100 * done) / total) : 100
      const parts = [
        `${phase} ${percent} %`,
        ...(rows === undefined ? [] : [paceText(rows, rate.rowsPerSecond)]),
        leftText(done, total, rate.donePerSecond),
      ]
      stream.write(`${parts.filter((part) => part !== '').join(', ')}\n`)
    },
    stop() {},
  }
}

interface Rates {
  readonly donePerSecond: number
  readonly rowsPerSecond: number
}

function openPace(): (done: number, rows: number) => Rates {
  const marks: { at: number; done: number; rows: number }[] = []
  return (done, rows) => {
    const at = performance.now()
    marks.push({ at, done, rows })
    while (marks.length > 2 && at - marks[0]!.at > PACE_WINDOW_MS) marks.shift()
    const first = marks[0]!
    const seconds = (at - first.at) / 1000
    if (seconds === 0) return { donePerSecond: 0, rowsPerSecond: 0 }
    return { donePerSecond: (done - first.done) / seconds, rowsPerSecond: (rows - first.rows) / seconds }
  }
}

function paceText(rows: number, perSecond: number): string {
  return `${rows.toLocaleString('en')} rows, ${Math.round(perSecond).toLocaleString('en')}/s`
}

function leftText(done: number, total: number, perSecond: number): string {
  if (perSecond <= 0 || done >= total) return ''
  const seconds = Math.ceil((total - done) / perSecond)
  return seconds < 120 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`
}
