/**
 * The application: Express routers made from the contract.
 *
 * Express finds the route; everything else happens in one function a route. There is no middleware before it, because each one costs every
 * request, and the hot routes stand first.
 */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { observe } from '../telemetry/request-counters.ts'
import { sendProblem } from './answering.ts'
import { conduct, refuse } from './conduct.ts'
import { contract } from './contract.ts'
import type { Bound } from './handler.ts'
import { flagHandlers, keyHandlers } from './handlers/administration.ts'
import { banditHandlers } from './handlers/bandit.ts'
import { decisionHandlers } from './handlers/decisions.ts'
import { exposureHandlers } from './handlers/exposure-targets.ts'
import { gateHandlers } from './handlers/gate.ts'
import { itemHandlers } from './handlers/items.ts'
import { modelHandlers } from './handlers/models.ts'
import { operationHandlers } from './handlers/operation.ts'
import { productHandlers } from './handlers/product.ts'
import { reportHandlers } from './handlers/report.ts'
import { storefrontHandlers } from './handlers/storefront.ts'
import { whatIfHandlers } from './handlers/what-if.ts'
import { Problem } from './problems.ts'
import { expressPath, type Route } from './route.ts'
import type { World } from './world.ts'

const ELSEWHERE = 'elsewhere'

/** The Express application of a world. Throws when a route of the contract has no handler, or a handler no route. */
export function makeApp(world: World): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.enable('case sensitive routing')
  app.enable('strict routing')
  const bound = boundTo(contract, handlersOf(world))
  for (const one of bound) app[one.route.method](expressPath(one.route), conduct(one, world) as unknown as RequestHandler)
  for (const [path, routes] of Map.groupBy(contract, expressPath)) app.all(path, otherMethod(world, routes))
  app.use(noRoute(world))
  app.use(fault(world))
  return app
}

function handlersOf(world: World): readonly Bound[] {
  return [
    ...storefrontHandlers(world),
    ...productHandlers(world),
    ...exposureHandlers(world),
    ...gateHandlers(world),
    ...modelHandlers(world),
    ...decisionHandlers(world),
    ...reportHandlers(world),
    ...whatIfHandlers(world),
    ...banditHandlers(world),
    ...itemHandlers(world),
    ...keyHandlers(world),
    ...flagHandlers(world),
    ...operationHandlers(world, contract),
  ]
}

/** The handlers in the contract's order. */
function boundTo(routes: readonly Route[], handlers: readonly Bound[]): readonly Bound[] {
  const byId = new Map(handlers.map((one) => [one.route.id, one]))
  const orphans = [...byId.keys()].filter((id) => !routes.some((route) => route.id === id))
  const bare = routes.filter(({ id }) => !byId.has(id)).map(({ id }) => id)
  if (orphans.length > 0 || bare.length > 0)
    throw new Error(`Contract: no route for ${orphans.join(', ') || 'none'}; no handler for ${bare.join(', ') || 'none'}`)
  return routes.map(({ id }) => byId.get(id)!)
}

type Edge = Pick<World, 'requests' | 'log'>

function otherMethod(world: Edge, routes: readonly Route[]): RequestHandler {
  const methods = routes.map(({ method }) => method.toUpperCase())
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { Allow: allow })
      response.end()
    } else
      sendProblem(
        response,
        new Problem('method-not-allowed', { detail: `${request.method} is not possible here.`, headers: { Allow: allow } }),
      )
    observe(world.requests, ELSEWHERE, { status: response.statusCode, seconds: 0 })
  }
}

function noRoute(world: Edge): RequestHandler {
  return (_request, response) => {
    sendProblem(response, new Problem('unknown-route'))
    observe(world.requests, ELSEWHERE, { status: response.statusCode, seconds: 0 })
  }
}

/** Express itself throws for a path that is not encoded properly, and for nothing else. */
function fault(world: Edge): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const isPath = error instanceof URIError || (error as { status?: unknown } | null)?.status === 400
    refuse(world, response, { error: isPath ? new Problem('bad-path') : error, route: ELSEWHERE })
    observe(world.requests, ELSEWHERE, { status: response.statusCode, seconds: 0 })
  }
}
