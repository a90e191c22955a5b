import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type Mood, startRecommender } from './remote-recommender.ts'

/** The recommender elsewhere as a process of its own: it may be killed or stopped, and its work does not slow the service down. */
export interface FarProcess {
  readonly url: string
  feel(mood: Mood): void
  /** SIGKILL, and whatever it had open breaks off. */
  kill(): Promise<void>
  /** Another one on the same port. */
  revive(): Promise<void>
}

export async function startFarProcess(mood: Mood): Promise<FarProcess> {
  let port = 0
  let current = mood
  const born = async () => {
    const child = fork(import.meta.filename, [JSON.stringify(current), String(port)])
    const [url] = (await once(child, 'message')) as [string]
    port = Number(new URL(url).port)
    return { child, url }
  }
  let { child, url } = await born()
  return {
    url,
    feel: (next) => {
      current = next
      if (child.connected) child.send(next)
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
    revive: async () => {
      ;({ child, url } = await born())
    },
  }
}

if (process.argv[1] === import.meta.filename) {
  const recommender = await startRecommender(JSON.parse(process.argv[2]!) as Mood, Number(process.argv[3]))
  process.on('message', (mood: Mood) => {
    recommender.mood = mood
  })
  process.on('disconnect', () => process.exit())
  process.send!(recommender.url)
}
