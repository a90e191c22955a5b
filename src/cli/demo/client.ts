/** A client of the service, as a shop's own back end would have one. */

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows the shape of its answer
  readonly body: any
  /** From the request to the last byte of the answer. */
  readonly milliseconds: number
}

export interface Client {
  readonly url: string
  /** Rejects when there is no answer. */
  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer>
}

export function clientOf(url: string, key: string): Client {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return {
    url,
    async send(method, path, body) {
      const started = performance.now()
      const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text), milliseconds: performance.now() - started }
    },
  }
}

/** The body of a good answer; throws what the service said otherwise. */
// biome-ignore lint/suspicious/noExplicitAny: see Answer
export function bodyOf({ status, body }: Answer, doing: string): any {
  if (status >= 200 && status < 300) return body
  throw new Error(`${doing}: the service answered ${status} ${body?.title ?? ''} ${body?.detail ?? ''}`.trim())
}
