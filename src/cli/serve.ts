/** croupier serve: runs the service until it is told to stop. */
import type { Command } from 'commander'
import { serve } from '../main.ts'
import { openStopSignal } from './stop-signal.ts'
import type { CommandContext } from './world.ts'

const DRAIN_MS = 10_000

export function registerServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description('run the service (PORT, HOST, DATABASE_URL and others: docs/configuration.md)')
    .action(async () => {
      const service = await serve(context.config())
      const stopSignal = openStopSignal()
      console.log(
        `Croupier listens on ${service.url} (${service.embedded ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL'}); read ${service.url}/docs`,
      )
      if (service.adminKey) console.error(`First admin key (shown once, keep it): ${service.adminKey}`)
      await new Promise((resolve) => stopSignal.signal.addEventListener('abort', resolve, { once: true }))
      setTimeout(() => process.exit(1), DRAIN_MS).unref()
      await service.close()
      stopSignal.close()
    })
}
