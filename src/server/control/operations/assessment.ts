import { assessHar } from '../../teaching/assess-har.ts'
import { assessSettings } from '../../teaching/assess-settings.ts'
import { api } from './implementer.ts'

/** Operations that hold settings and traffic against the checklist. */
export const assessment = api.assessment.router({
  settings: api.assessment.settings.handler(({ context: { lab } }) => ({
    labTime: lab.clock.nowMs(),
    items: assessSettings({
      cluster: lab.settings.state(),
      keyring: lab.keys.list(),
      nodes: lab.cluster.nodes(),
      weaknesses: lab.weaknesses.state(),
    }),
  })),
  har: api.assessment.har.handler(({ input }) => assessHar(input)),
})
