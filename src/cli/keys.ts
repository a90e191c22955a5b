/** croupier keys: API keys and signing keys from the command line, for whoever has the data folder or the database. */
import { type Command, InvalidArgumentError } from 'commander'
import { SCOPES } from '../http/authentication.ts'
import { keyStore, type StoredKey } from '../store/key-store.ts'
import type { CommandContext } from './world.ts'

const LIST_MAX = 1_000

export function registerKeys(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('list, make and revoke API keys; show signing keys')
  const withStore = async (work: (store: ReturnType<typeof keyStore>) => Promise<void>) => {
    const { database, close } = await context.openWorld()
    try {
      await work(keyStore(database))
    } finally {
      await close()
    }
  }
  keys
    .command('list')
    .option('--json', 'for machines')
    .action(({ json }: { json?: true }) =>
      withStore(async (store) => {
        const all = await store.list({ limit: LIST_MAX })
        console.log(json ? JSON.stringify(all) : all.map(lineOf).join('\n') || 'There are no keys.')
      }),
    )
  keys
    .command('create <name>')
    .requiredOption('--scope <scope...>', `one or more of ${SCOPES.join(', ')}`, collectScope)
    .action((name: string, { scope }: { scope: string[] }) =>
      withStore(async (store) => {
        const { key } = await store.create({ name, scopes: scope, expiresAt: null })
        console.error('The key is shown once:')
        console.log(key)
      }),
    )
  keys
    .command('signing <policy>')
    .description('the text under which questions to a remote strategy are signed')
    .action(async (policy: string) => {
      const { secrets, close } = await context.openWorld()
      try {
        console.log(secrets.signingKey(policy))
      } finally {
        await close()
      }
    })
  keys.command('revoke <selector>').action((selector: string) =>
    withStore(async (store) => {
      if (!(await store.revoke(selector))) throw new Error(`There is no key with the selector "${selector}".`)
      console.log(`Revoked ${selector}.`)
    }),
  )
}

function collectScope(scope: string, earlier: string[] = []): string[] {
  if (!(SCOPES as readonly string[]).includes(scope)) throw new InvalidArgumentError(`It is one of ${SCOPES.join(', ')}.`)
  return [...earlier, scope]
}

function lineOf({ selector, name, scopes, revokedAt, expiresAt, lastUsedAt }: StoredKey): string {
  const state = revokedAt ? 'revoked' : expiresAt ? `until ${expiresAt.toISOString()}` : 'for ever'
  return `${selector}  ${name}  [${scopes.join(', ')}]  ${state}, last used ${lastUsedAt?.toISOString() ?? 'never'}`
}
