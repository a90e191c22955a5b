/** The registry: every kind of policy there is. A new strategy is one file and one line here. */
import { boughtTogether } from './bought-together.ts'
import { buyAgain } from './buy-again.ts'
import { collaborative } from './collaborative.ts'
import { content } from './content.ts'
import { continued } from './continue.ts'
import { factors } from './factors.ts'
import { fixed } from './fixed.ts'
import { hybrid } from './hybrid.ts'
import type { PolicyKind } from './policy.ts'
import { popularityDecay } from './popularity-decay.ts'
import { random } from './random.ts'
import { remote } from './remote.ts'
import { session } from './session.ts'

/** Forgets the type of the parameters: what comes in was parsed by the kind's own schema. */
function entry<Parameters>(kind: PolicyKind<Parameters>): PolicyKind {
  return kind as unknown as PolicyKind
}

/** By name of the kind. */
export const kinds: Readonly<Record<string, PolicyKind>> = {
  [popularityDecay.kind]: entry(popularityDecay),
  [collaborative.kind]: entry(collaborative),
  [content.kind]: entry(content),
  [hybrid.kind]: entry(hybrid),
  [fixed.kind]: entry(fixed),
  [random.kind]: entry(random),
  [continued.kind]: entry(continued),
  [remote.kind]: entry(remote),
  [factors.kind]: entry(factors),
  [buyAgain.kind]: entry(buyAgain),
  [boughtTogether.kind]: entry(boughtTogether),
  [session.kind]: entry(session),
}
