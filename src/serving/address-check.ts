/**
 * Which addresses a remote strategy may have: public ones, unless private ones are allowed here.
 *
 * Whoever may define a policy could otherwise have this service knock at doors behind the firewall (SSRF). A name is checked when it is
 * resolved for the very connection, so that it cannot point elsewhere a moment later; a bare address is checked before.
 * @see RFC 6890, Special-Purpose IP Address Registries
 */
import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const PRIVATE_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]
/** Whatever is not in the part of IPv6 that is given out to the public, and what there carries IPv4 or documents. */
const PUBLIC_V6 = '2000::/3'
const PRIVATE_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const privateList = listOf(PRIVATE_V4, 'ipv4', listOf(PRIVATE_V6, 'ipv6', new BlockList()))
const publicList = listOf([PUBLIC_V6], 'ipv6', new BlockList())

/** Whether an address is for our own networks, this machine, or nobody. What is no address is private. */
export function isPrivate(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return privateList.check(address, 'ipv4')
    case 6:
      return !publicList.check(address, 'ipv6') || privateList.check(address, 'ipv6')
    default:
      return true
  }
}

/** Throws when the host of a URL is written as an address that is not allowed; names are checked by `publicLookup`. */
export function refusePrivateHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isPrivate(host)) throw new Error(refusalOf(host))
}

/** Resolves a name as node:http wants it; an error when any of its addresses is private. */
export const publicLookup: LookupFunction = (name, options, done) => {
  resolve(name, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0)
    const wrong = addresses.find(({ address }) => isPrivate(address))
    if (wrong) return done(new Error(refusalOf(`${name} (${wrong.address})`)), '', 0)
    if (options.all) return done(null, addresses)
    const { address, family } = addresses[0]!
    return done(null, address, family)
  })
}

function refusalOf(address: string): string {
  return `The address ${address} is private; CROUPIER_REMOTE_PRIVATE=true allows it.`
}

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6', list: BlockList): BlockList {
  for (const range of ranges) {
    const [net, bits] = range.split('/')
    list.addSubnet(net!, Number(bits), family)
  }
  return list
}
