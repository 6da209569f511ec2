import type { RequestHandler } from 'express'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { CartInput, readInput } from '../input.ts'
import { sendProblem } from '../problem.ts'

const MAX_ITEMS = 50

/**
 * `POST /session/cart` `{item}`: puts something into the session itself, and answers what is in it. express-session reads the whole session
 * before the handler and writes the whole session after it: of two such requests at once the later write is what remains (a lost update).
 */
export const addToCart = (context: TargetContext): RequestHandler =>
  guarded(context, { mechanisms: ['session'] }, (request, response) => {
    const input = readInput(CartInput, request, response)
    if (!input) return
    const before = request.session.cart ?? []
    if (before.length >= MAX_ITEMS) {
      sendProblem(response, { verdict: 'allowed', status: 409, detail: `A cart holds ${MAX_ITEMS} items: log out to empty it.` })
      return
    }
    request.session.cart = [...before, input.item]
    response.json({ cart: request.session.cart })
  })
