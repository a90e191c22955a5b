import { describe, expect, it } from 'vitest'
import { consentOf } from '../../src/http/consent.ts'

describe('consent', () => {
  it('is taken as given when nobody says anything', () => {
    expect(consentOf(undefined, {})).toEqual({ measurement: true, personalisation: true })
  })
  it.each([{ 'sec-gpc': '1' }, { dnt: '1' }])('is refused by the header %o unless the body says otherwise', (headers) => {
    expect(consentOf(undefined, headers)).toEqual({ measurement: false, personalisation: false })
    expect(consentOf({ measurement: true, personalisation: true }, headers)).toEqual({ measurement: true, personalisation: true })
    expect(consentOf({ measurement: true }, headers)).toEqual({ measurement: true, personalisation: false })
  })
  it('to personalisation means nothing without consent to be measured', () => {
    expect(consentOf({ measurement: false, personalisation: true }, {})).toEqual({ measurement: false, personalisation: false })
  })
})
