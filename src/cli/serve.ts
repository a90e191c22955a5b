/** croupier serve: runs the service until it is told to stop. */
import type { Command } from 'commander'
import { serve } from '../main.ts'
import type { CommandContext } from './world.ts'

const DRAIN_MS = 10_000

export function registerServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description('run the service (PORT, HOST, DATABASE_URL and others: docs/configuration.md)')
    .action(async () => {
      const service = await serve(context.config())
      console.log(
        `Croupier listens on ${service.url} (${service.embedded ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL'}); read ${service.url}/docs`,
      )
      if (service.adminKey) console.error(`First admin key (shown once, keep it): ${service.adminKey}`)
      untilStopped(() => service.close())
    })
}

/** Closes once on SIGTERM or SIGINT and ends the process; a second signal, or ten seconds, ends it at once. */
export function untilStopped(close: () => Promise<unknown>): void {
  let isStopping = false
  const stop = () => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), DRAIN_MS).unref()
    close().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`croupier: ${error.message}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
