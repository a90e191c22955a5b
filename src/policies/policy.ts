/**
 * The port of a policy: a way to rank items for a request.
 *
 * Items are numbers here (the database's item_no), so that models are plain typed arrays. A policy is trained from the log into a body of
 * bytes, opened from those bytes on every node, and ranks without touching the world: time and history come with the request.
 */
import type { z } from 'zod'
import type { Calibration } from './calibration.ts'
import type { Catalogue } from './catalogue.ts'
import type { Recent } from './deed.ts'
import type { RemoteAnswer, RemoteParameters } from './remote.ts'

/** One row of history: who (a dense number, −1 for nobody), what, how much it weighs (view 1, cart 3, purchase 5, returns negative), when. */
export interface TrainingData {
  /** Length n each; `seconds` since 1970 is not decreasing. */
  readonly units: Int32Array
  readonly items: Int32Array
  readonly weights: Float32Array
  readonly seconds: Float64Array
  /** The order or visit that row belongs to, some number from 0, −1 where nobody wrote it down; absent where nobody ever does. */
  readonly baskets?: Int32Array
  readonly unitCount: number
  /** Largest item number + 1. */
  readonly itemCount: number
  /** Text and attributes of item i, '' where unknown; length itemCount. */
  readonly texts: readonly string[]
  readonly categories: readonly (string | null)[]
  /** The moment of training, seconds since 1970. */
  readonly now: number
}

/** What a shopper bought and when (seconds since 1970), newest first; two arrays of one length. An item may stand there often. */
export interface Purchases {
  readonly items: ArrayLike<number>
  readonly seconds: ArrayLike<number>
}

export interface RankRequest {
  /** How many items are wanted at most. */
  readonly size: number
  /** What the shopper dealt with, newest first; empty for an unknown shopper or without consent. */
  readonly history: readonly number[]
  /** The same as `history` with what was done and when; newest first, each item once. */
  readonly recent?: readonly Recent[]
  /** Every purchase, where it is known when; returned goods left out. */
  readonly purchases?: Purchases
  /** The moment of the request, seconds since 1970; without it nothing is due. */
  readonly now?: number
  /** The item of the page, if the surface has one. */
  readonly item: number | null
  readonly cart: readonly number[]
  /** Rank these only; null ranks everything. */
  readonly candidates: readonly number[] | null
  /** allowed[i] = 1 when item i may be shown. */
  readonly allowed: Uint8Array
  /** Pseudonym of 16 bytes; absent for an unknown shopper or without consent. */
  readonly unit?: Uint8Array
  /** Chance comes with the request: an integer in [0, 2⁵³) that nobody can foresee; absent where nothing is logged or nothing draws. */
  readonly seed?: number
  /** What remote strategies said to this request, by policy. */
  readonly answers?: ReadonlyMap<string, RemoteAnswer>
}

/** Why an item stands where it stands; shares of a model's score lie in (0, 1]. */
export type Why =
  | { readonly kind: 'because-of'; readonly item: number; readonly share: number }
  | { readonly kind: 'popular' }
  | { readonly kind: 'similar'; readonly item: number; readonly share: number }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'remote' }

/** Best first; the three arrays have one length, at most `size`. Fewer when the policy has nothing more to say. */
export interface Ranked {
  readonly items: readonly number[]
  readonly scores: readonly number[]
  readonly why: readonly Why[]
  /** Where chance had a part: with which probability each item stood at its place. Nothing re-ranks such a slate. */
  readonly propensities?: readonly number[]
}

/** Scores of one request in buffers that the scorer lends until its next call. */
export interface Scored {
  /** Each item once; only the first `count` are meant. */
  readonly items: Int32Array
  readonly count: number
  /** By item number. Only positive scores are worth a place. */
  readonly scores: Float64Array
  /** Whether the items stand best first already. */
  readonly sorted: boolean
}

/** The wide view of a policy, for policies that combine others: the items it has something to say about, before any filter. */
export interface Scorer {
  /** A scorer whose items come sorted may stop as soon as `wanted` of them are sure to pass every filter. */
  score(request: RankRequest, wanted: number): Scored
  /** Why an item has its score in the last call of `score`. */
  explain(item: number): Why
}

/** A policy that is ready to rank: parameters and model are inside. */
export interface Ranker {
  readonly key: string
  readonly kind: string
  /** Content hash of the model, 'none' for a policy without one; of a combination, the versions of its parts joined by '+'. */
  readonly modelVersion: string
  /** Only allowed items, each once, only candidates if there are any, best first by finite score, ties by item number. */
  rank(request: RankRequest): Ranked
  readonly scorer?: Scorer
  /** By item number, what part of all demand it has; of policies that know. */
  readonly demand?: Float64Array
  /** Whether it needs the request's seed. */
  readonly draws?: boolean
  /** How a remote strategy is asked; its answer has to come with the request. */
  readonly remote?: RemoteParameters
  /** What its ranking means in purchases, where that was learned. */
  readonly calibration?: Calibration
}

/** A trained model as it was stored. */
export interface ModelBody {
  readonly bytes: Uint8Array
  /** Content hash. */
  readonly version: string
}

/** What a policy may use besides its own model when it is opened. */
export interface Surroundings {
  readonly catalogue: Catalogue
  /** Another policy by key, for policies that combine others; undefined when there is none or it is not ready. */
  ranker(key: string): Ranker | undefined
}

/** Told between 0 and 1 while training goes on. */
export type Progress = (done: number, doing: string) => void

/** A kind of policy: one file, one line in the registry. */
export interface PolicyKind<Parameters = unknown> {
  readonly kind: string
  readonly title: string
  readonly description: string
  readonly parameters: z.ZodType<Parameters>
  /** Names of parameters that do not change what is shown, only how it is asked for: they may move while an experiment runs. */
  readonly operational?: readonly string[]
  /** Keys of the policies whose rankers this one needs. */
  needs?(parameters: Parameters): readonly string[]
  /** Learns a model from the log; absent when there is nothing to learn. The same data give the same bytes. */
  readonly train?: (data: TrainingData, parameters: Parameters, progress: Progress) => Uint8Array
  /** Its model is trained elsewhere and imported; until then there is no ranker. */
  readonly isImported?: boolean
  /** Makes a ranker of a trained body (null when the kind has no training). Throws on a body that it cannot read. */
  readonly open: (key: string, body: ModelBody | null, parameters: Parameters, around: Surroundings) => Ranker
}
