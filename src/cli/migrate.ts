/** croupier migrate: brings the database up to this release without starting the service. */
import type { Command } from 'commander'
import { openFoundation } from '../service/foundation.ts'
import { migrate } from '../store/migrate.ts'
import type { CommandContext } from './world.ts'

export function registerMigrate(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description('apply the migrations of this release')
    .action(async () => {
      const { database, close } = await openFoundation(context.config(), console)
      try {
        const { applied } = await migrate(database)
        console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply: the database is up to date.')
      } finally {
        await close()
      }
    })
}
