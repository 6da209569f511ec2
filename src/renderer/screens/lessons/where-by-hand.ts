import type { Lesson } from '../../../contract/lessons/lesson.ts'

type Action = Lesson['steps'][number]['do'][number]

/** Calls that a client's card has a button for. */
const ON_CARD = new Set(['GET /me', 'GET /admin/users', 'GET /orders'])

/** Where in the workbench an action of a lesson is carried out by hand: the key of its words. Null where it cannot be: only the lesson does it. */
// One case a kind of action: a new kind has to say where it is done.
export function whereByHand(action: Action): string | null {
  switch (action.do) {
    case 'login':
    case 'logout':
    case 'refresh':
    case 'change-mechanism':
      return 'card'
    case 'call':
      return ON_CARD.has(action.request) && action.credential === 'current' && action.body === undefined ? 'card' : null
    case 'tamper':
      return action.change.part === 'session-id' ? 'flip' : 'break'
    case 'replay':
      return 'replay'
    case 'end-session':
    case 'expire-session':
    case 'end-sessions':
      return 'menu'
    case 'change-account':
      return action.scopes === undefined ? 'menu' : null
    case 'kill-node':
    case 'start-node':
    case 'drain-node':
    case 'change-node':
      return 'node'
    case 'add-node':
    case 'change-cluster':
    case 'rotate-key':
    case 'rotate-cookie-secret':
      return 'topology'
    case 'move-clock':
      return 'clock'
    case 'revoke-token':
    case 'revoke-device':
      return 'tokens'
    case 'weakness':
      return 'settings'
    case 'forge':
    case 'injected-script':
      return 'browser'
    case 'attacker-site':
    case 'present':
      return null
    default:
      return action satisfies never
  }
}
