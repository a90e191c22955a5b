/**
 * What changed: one word that tells a node which part of its snapshot to read again.
 *
 * A change is told in its own transaction (NOTIFY, so nobody hears of what was rolled back) and, once it is committed, to this node at once.
 */
import { randomBytes } from 'node:crypto'

export const TOPICS = ['settings', 'items', 'models', 'flags', 'keys', 'moments', 'shoppers'] as const
export type Topic = (typeof TOPICS)[number]

/** The channel of LISTEN and NOTIFY. */
export const CHANNEL = 'croupier_changes'

/** By a transaction of ours, or by another node. */
export type Origin = 'here' | 'elsewhere'
export type OnChange = (topic: Topic, origin: Origin) => void

export interface Changes {
  /** Who we are in a message, so that we do not heed our own. */
  readonly node: string
  /** Told after the commit. */
  tell(topic: Topic, origin: Origin): void
  /** Returns how to stop listening. */
  listen(callback: OnChange): () => void
}

export function openChanges(): Changes {
  const callbacks = new Set<OnChange>()
  return {
    node: randomBytes(6).toString('hex'),
    tell(topic, origin) {
      for (const callback of callbacks) callback(topic, origin)
    },
    listen(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
  }
}

/** A message as it travels. */
export function messageOf(node: string, topic: Topic): string {
  return `${node} ${topic}`
}

/** Reads a message; null for what is not one of ours. */
export function readMessage(text: string): { readonly node: string; readonly topic: Topic } | null {
  const [node, word] = text.split(' ')
  const topic = TOPICS.find((each) => each === word)
  return node && topic ? { node, topic } : null
}
