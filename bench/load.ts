/**
 * The load generator, a process of its own: `node bench/load.ts`, reads a job as JSON and prints its result as JSON.
 *
 * Plain sockets and requests made beforehand: a full HTTP client in JavaScript costs more processor time than the servers it would
 * measure, and on two cores it would be the limit. Responses are told apart by Content-Length, which all servers here send.
 */
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** What to send: bodies are taken in turn. `rate` makes an open loop of that many requests a second. */
export interface LoadJob {
  readonly url: string
  readonly key: string
  readonly bodies: readonly string[]
  readonly connections: number
  readonly seconds: number
  readonly rate?: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
}

const BLANK_LINE = Buffer.from('\r\n\r\n')
const STATUS_AT = 'HTTP/1.1 '.length
const OPEN_LOOP_TICK_MS = 1

interface Line {
  readonly socket: Socket
  /** When the request in flight was due; NaN when there is none. */
  due: number
  pending: Buffer
}

/** Runs the job and counts. A failure is any answer but 200. */
export async function run(job: LoadJob): Promise<LoadResult> {
  const { hostname, port } = new URL(job.url)
  const requests = job.bodies.map((body) => requestOf(job, body))
  const latencies: number[] = []
  const backlog: number[] = []
  let failures = 0
  let sent = 0
  let open = true

  const send = (line: Line, due: number): void => {
    line.due = due
    line.socket.write(requests[sent++ % requests.length]!)
  }
  const answered = (line: Line, ok: boolean): void => {
    if (Number.isNaN(line.due)) {
      // Nobody asked: the server gives up a connection that was never used. It is busy for good.
      line.due = Number.POSITIVE_INFINITY
      return
    }
    latencies.push(performance.now() - line.due)
    if (!ok) failures++
    line.due = Number.NaN
    if (!open) return
    if (job.rate === undefined) send(line, performance.now())
    else if (backlog.length > 0) send(line, backlog.shift()!)
  }
  const lines = await Promise.all(Array.from({ length: job.connections }, () => lineTo({ host: hostname, port: Number(port) }, answered)))

  const started = performance.now()
  const stop =
    job.rate === undefined ? lines.forEach((line) => void send(line, performance.now())) : openLoop(job.rate, { lines, backlog, send })
  await new Promise((resolve) => setTimeout(resolve, job.seconds * 1000))
  open = false
  if (typeof stop === 'function') stop()
  const seconds = (performance.now() - started) / 1000
  // In an open loop who still waits has waited that long at least.
  const waiting = job.rate === undefined ? [] : [...backlog, ...lines.map(({ due }) => due).filter(Number.isFinite)]
  for (const { socket } of lines) socket.destroy()
  const answers = latencies.length
  const end = performance.now()
  for (const due of waiting) latencies.push(end - due)
  latencies.sort((a, b) => a - b)
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? Number.NaN
  return { requestsPerSecond: answers / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), failures }
}

/** Requests fall due evenly, whether or not a connection is free: what waits counts as latency. */
function openLoop(
  rate: number,
  {
    lines,
    backlog,
    send,
  }: { readonly lines: readonly Line[]; readonly backlog: number[]; readonly send: (line: Line, due: number) => void },
): () => void {
  let next = performance.now()
  const timer = setInterval(() => {
    for (const now = performance.now(); next <= now; next += 1000 / rate) {
      const free = lines.find((line) => Number.isNaN(line.due))
      if (free) send(free, next)
      else backlog.push(next)
    }
  }, OPEN_LOOP_TICK_MS)
  return () => clearInterval(timer)
}

function requestOf({ url, key }: LoadJob, body: string): Buffer {
  const { host } = new URL(url)
  const head = `POST /v1/slates HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nAuthorization: Bearer ${key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}

function lineTo(address: { readonly host: string; readonly port: number }, answered: (line: Line, ok: boolean) => void): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect(address, () => resolve(line))
    const line: Line = { socket, due: Number.NaN, pending: Buffer.alloc(0) }
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.on('data', (chunk: Buffer) => {
      line.pending = line.pending.length === 0 ? chunk : Buffer.concat([line.pending, chunk])
      const end = line.pending.indexOf(BLANK_LINE)
      if (end === -1) return
      const length = Number(/content-length: (\d+)/i.exec(line.pending.toString('latin1', 0, end))?.[1] ?? 0)
      if (line.pending.length < end + BLANK_LINE.length + length) return
      const ok = line.pending.toString('latin1', STATUS_AT, STATUS_AT + 3) === '200'
      line.pending = Buffer.alloc(0)
      answered(line, ok)
    })
  })
}

if (process.argv[1] === import.meta.filename) {
  const result = await run(JSON.parse(await text(process.stdin)) as LoadJob)
  process.stdout.write(JSON.stringify(result))
}
