import enActions from './en/actions.json' with { type: 'json' }
import enApp from './en/app.json' with { type: 'json' }
import enAssessment from './en/assessment.json' with { type: 'json' }
import enClients from './en/clients.json' with { type: 'json' }
import enCode from './en/code.json' with { type: 'json' }
import enCommands from './en/commands.json' with { type: 'json' }
import enCompare from './en/compare.json' with { type: 'json' }
import enCredential from './en/credential.json' with { type: 'json' }
import enFindings from './en/findings.json' with { type: 'json' }
import enFlow from './en/flow.json' with { type: 'json' }
import enInspector from './en/inspector.json' with { type: 'json' }
import enLessons from './en/lessons.json' with { type: 'json' }
import enPresenter from './en/presenter.json' with { type: 'json' }
import enRevocation from './en/revocation.json' with { type: 'json' }
import enSettings from './en/settings.json' with { type: 'json' }
import enState from './en/state.json' with { type: 'json' }
import enStatus from './en/status.json' with { type: 'json' }
import enSteps from './en/steps.json' with { type: 'json' }
import enTopology from './en/topology.json' with { type: 'json' }
import enTraffic from './en/traffic.json' with { type: 'json' }
import enVerdicts from './en/verdicts.json' with { type: 'json' }

/** English, by namespace. */
export const en = {
  app: enApp,
  assessment: enAssessment,
  clients: enClients,
  topology: enTopology,
  status: enStatus,
  code: enCode,
  commands: enCommands,
  lessons: enLessons,
  settings: enSettings,
  state: enState,
  presenter: enPresenter,
  revocation: enRevocation,
  traffic: enTraffic,
  flow: enFlow,
  inspector: enInspector,
  compare: enCompare,
  credential: enCredential,
  findings: enFindings,
  steps: enSteps,
  verdicts: enVerdicts,
  actions: enActions,
}
