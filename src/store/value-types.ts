/**
 * How PostgreSQL's types come back: nothing that is exact there becomes a float here.
 *
 *     int8 → bigint    int8[] → bigint[]    numeric, xid8 → text    numeric[] → text[]    date → text    timestamptz → Date
 *
 * pg's own choice turns numeric[] into floats and a date into midnight of the machine's time zone.
 */
import pg from 'pg'

const OID = { int8: 20, int8s: 1016, numerics: 1231, date: 1082, texts: 1009 }

type Parse = (text: string) => unknown

/** For the option `types` of a pg pool or client. */
export function typesOf(): pg.CustomTypesConfig {
  const textArray = pg.types.getTypeParser(OID.texts) as (text: string) => (string | null)[]
  const own = new Map<number, Parse>([
    [OID.int8, BigInt],
    [OID.int8s, (text) => textArray(text).map((each) => (each === null ? null : BigInt(each)))],
    [OID.numerics, textArray],
    [OID.date, String],
  ])
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      (format !== 'binary' && own.get(oid)) || pg.types.getTypeParser(oid, format),
  }
  return types as unknown as pg.CustomTypesConfig
}
