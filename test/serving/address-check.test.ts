import { describe, expect, it } from 'vitest'
import { isPrivate, publicLookup, refusePrivateHost } from '../../src/serving/address-check.ts'

const PRIVATE = [
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...[
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'ff02::1',
  ],
  ...['no address', ''],
]
const PUBLIC = ['8.8.8.8', '172.15.0.1', '172.32.0.1', '193.99.144.80', '2606:4700::1111', '2a02:2e0::1']

describe('the address of a remote strategy', () => {
  it.each(PRIVATE)('%s is private', (address) => expect(isPrivate(address)).toBe(true))
  it.each(PUBLIC)('%s is public', (address) => expect(isPrivate(address)).toBe(false))

  it.each(['https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/', 'https://[::ffff:7f00:1]/', 'https://127.1/'])(
    'may not be written as %s',
    (url) => {
      expect(() => refusePrivateHost(new URL(url))).toThrow(/private/)
    },
  )

  it('is checked when its name is resolved', async () => {
    const error = await new Promise<Error | null>((resolve) => publicLookup('localhost', {}, (failure) => resolve(failure)))
    expect(error?.message).toMatch(/localhost .* is private/)
  })
})
