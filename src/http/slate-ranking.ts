/**
 * What the policies are asked for one slate: the request in item numbers, with chance and the word of a remote strategy where they are needed.
 */
import { uuidText } from '../decisions/decision-id.ts'
import { lookedAt } from '../decisions/ladder.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import { allowedItems } from '../policies/item-filter.ts'
import type { RankRequest } from '../policies/policy.ts'
import { questionOf, type RemoteParameters } from '../policies/remote.ts'
import type { SlateRequest } from './slate-request.ts'
import type { Situation, SlateCounters, SlateWorld } from './slates.ts'

const NOTHING: readonly number[] = []

/** The request as policies read it. Without consent to personalisation it tells nothing of the shopper. */
export function rankRequestOf(world: SlateWorld, situation: Situation): RankRequest {
  const { request, snapshot, state, past } = situation
  const { catalogue } = snapshot
  const candidates = request.candidates ? candidatesOf(request.candidates, catalogue, world.counters) : null
  const item = request.context?.itemId
  const seconds = situation.now / 1000
  return {
    size: request.size ?? state.surface.size,
    history: past.recent.length === 0 ? NOTHING : past.recent.map((one) => one.item),
    ...past,
    ...(request.unit !== undefined && situation.consent.personalisation ? { unit: situation.unit } : {}),
    item: typeof item === 'string' ? (catalogue.numberOf(item) ?? null) : null,
    cart: situation.consent.personalisation && request.context?.cart ? numbersOf(request.context.cart, catalogue) : NOTHING,
    candidates,
    allowed: allowedItems({ catalogue, filter: state.surface.filter, country: countryOf(request.context), now: seconds, past }),
    now: seconds,
  }
}

/** Where an item may be sold is no matter of taste: it holds without consent, too. */
function countryOf(context: SlateRequest['context']): string | null {
  const country = context?.country
  return typeof country === 'string' ? country : null
}

interface Ranking {
  readonly ranking: RankRequest
  readonly policy: string
}

/** The request with its seed where something draws; making one takes as long as choosing the arm, reading the history and the features. */
export function withSeed(
  world: SlateWorld,
  { request, decisionId, snapshot, state }: Situation,
  { ranking, policy }: Ranking,
): RankRequest {
  const { surface } = state
  const rungs = [policy, surface.policy, surface.fallback]
  const draws = surface.assembly.coldStart.temperature > 0 || rungs.some((key) => snapshot.rankers.get(key)?.draws)
  return draws ? { ...ranking, seed: seedOf(world, `${request.surface} ${request.requestId ?? uuidText(decisionId)}`) } : ranking
}

/** 53 bits of chance; a client cannot foresee them, and the same requestId has the same ones. */
function seedOf({ secrets }: SlateWorld, name: string): number {
  const bytes = secrets.seed(`draw ${name}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return (view.getUint32(0) >>> 5) * 67_108_864 + (view.getUint32(4) >>> 6)
}

/** Each candidate once; unknown ones are counted and left out. */
function candidatesOf(itemIds: readonly string[], catalogue: Catalogue, counters: SlateCounters): readonly number[] {
  const distinct = [...new Set(itemIds)]
  const numbers = numbersOf(distinct, catalogue)
  counters.unknownCandidates += distinct.length - numbers.length
  return numbers
}

function numbersOf(itemIds: readonly string[], catalogue: Catalogue): readonly number[] {
  const numbers: number[] = []
  for (const itemId of itemIds) {
    const number = catalogue.numberOf(itemId)
    if (number !== undefined) numbers.push(number)
  }
  return numbers
}

interface RemoteRanking extends Ranking {
  readonly remote: RemoteParameters
}

/** The request together with what the remote strategy said to it. */
export async function withAnswer(
  world: SlateWorld,
  situation: Situation,
  { ranking, policy, remote }: RemoteRanking,
): Promise<RankRequest> {
  const { request, consent, snapshot, state, unit } = situation
  if (snapshot.killed.has(policy)) return ranking
  const known = request.unit !== undefined && consent.personalisation
  const asked = { surface: request.surface, unit: known ? Buffer.from(unit).toString('hex') : null, parameters: remote }
  const question = questionOf({ ...ranking, size: lookedAt(state, ranking) }, snapshot.catalogue, asked)
  const answer = await world.remotes.ask({ policy, parameters: remote, question, catalogue: snapshot.catalogue })
  return { ...ranking, answers: new Map([[policy, answer]]) }
}
