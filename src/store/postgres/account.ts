/**
 * The account PostgreSQL runs as.
 *
 * PostgreSQL refuses to run as root. When we are root we hand it to an account that exists (postgres, then croupier), else make one, else
 * take nobody. A cluster that exists already keeps the owner it has, for PostgreSQL insists on that as well.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, chownSync, constants, statSync } from 'node:fs'

/** Null in place of an account: the one we run as. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const PREFERRED = ['postgres', 'croupier'] as const
const CREATED = 'croupier'
const LAST_RESORT = 'nobody'

/** The account for a cluster folder, which may not exist yet. Throws when root has no other account to offer. */
export function accountFor(cluster: string): Account | null {
  if (process.getuid?.() !== 0) return null
  const owner = ownerOf(cluster)
  if (owner && owner.uid !== 0) return { name: `user ${owner.uid}`, ...owner }
  for (const name of PREFERRED) {
    const account = lookUp(name)
    if (account) return account
  }
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', CREATED], { stdio: 'ignore' })
  const account = lookUp(CREATED) ?? lookUp(LAST_RESORT)
  if (account) return account
  throw new Error(
    'PostgreSQL refuses to run as root, and no other account could be found or made. Add a user "croupier", run as another user, or set DATABASE_URL.',
  )
}

/** Whether the account reaches a path and may read it (and write it, when asked). The system is asked, not the mode bits. */
export function mayUse(account: Account | null, path: string, options: { readonly write?: boolean } = {}): boolean {
  if (!account) {
    try {
      accessSync(path, constants.R_OK | constants.X_OK | (options.write ? constants.W_OK : 0))
      return true
    } catch {
      return false
    }
  }
  const test = `test -r "$1" && test -x "$1"${options.write ? ' && test -w "$1"' : ''}`
  return spawnSync('/bin/sh', ['-c', test, 'sh', path], { ...identityOf(account), cwd: '/', stdio: 'ignore' }).status === 0
}

/** Gives a path to the account; nothing to do when it is ours. */
export function giveTo(account: Account | null, path: string): void {
  if (account) chownSync(path, account.uid, account.gid)
}

/** For the options of spawn. */
export function identityOf(account: Account | null): { uid: number; gid: number } | Record<string, never> {
  return account ? { uid: account.uid, gid: account.gid } : {}
}

function ownerOf(folder: string): { uid: number; gid: number } | null {
  try {
    const { uid, gid } = statSync(folder)
    return { uid, gid }
  } catch {
    return null
  }
}

function lookUp(name: string): Account | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
  if (uid?.status !== 0 || gid?.status !== 0) return null
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
}
