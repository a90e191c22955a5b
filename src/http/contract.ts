/**
 * The contract: every route of the service, in one table.
 *
 * The routers, the checks of key, path, query and body, the OpenAPI document and the matrix test of scopes are made from it, so they cannot
 * disagree. The two hot routes stand first, because the router tries them in order.
 */
import type { Route } from './route.ts'
import { administrationRoutes } from './routes/administration.ts'
import { banditRoutes } from './routes/bandit.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { decisionRoutes } from './routes/decisions.ts'
import { exposureRoutes } from './routes/exposure-targets.ts'
import { gateRoutes } from './routes/gate.ts'
import { modelContract } from './routes/models.ts'
import { operationRoutes } from './routes/operation.ts'
import { productRoutes } from './routes/product.ts'
import { storefrontRoutes } from './routes/storefront.ts'
import { whatIfRoutes } from './routes/what-if.ts'

export const contract: readonly Route[] = [
  ...(storefrontRoutes as readonly Route[]),
  ...productRoutes,
  ...exposureRoutes,
  ...gateRoutes,
  ...whatIfRoutes,
  ...banditRoutes,
  ...modelContract,
  ...decisionRoutes,
  ...catalogueRoutes,
  ...administrationRoutes,
  ...operationRoutes,
]
