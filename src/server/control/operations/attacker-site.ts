import { api } from './implementer.ts'

/** Operations on the attacker's page. */
export const attackerSite = api.attackerSite.router({
  get: api.attackerSite.get.handler(({ context: { lab } }) => lab.attackerSite.state()),
  set: api.attackerSite.set.handler(async ({ context: { lab }, input: { on } }) => {
    const { hasChanged, ...state } = await lab.attackerSite.set(on)
    if (hasChanged) lab.note(on ? 'attacker-site-on' : 'attacker-site-off')
    return state
  }),
})
