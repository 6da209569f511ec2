import zhActions from './zh-CN/actions.json' with { type: 'json' }
import zhApp from './zh-CN/app.json' with { type: 'json' }
import zhAssessment from './zh-CN/assessment.json' with { type: 'json' }
import zhClients from './zh-CN/clients.json' with { type: 'json' }
import zhCode from './zh-CN/code.json' with { type: 'json' }
import zhCommands from './zh-CN/commands.json' with { type: 'json' }
import zhCompare from './zh-CN/compare.json' with { type: 'json' }
import zhCredential from './zh-CN/credential.json' with { type: 'json' }
import zhFindings from './zh-CN/findings.json' with { type: 'json' }
import zhFlow from './zh-CN/flow.json' with { type: 'json' }
import zhInspector from './zh-CN/inspector.json' with { type: 'json' }
import zhLessons from './zh-CN/lessons.json' with { type: 'json' }
import zhPresenter from './zh-CN/presenter.json' with { type: 'json' }
import zhRevocation from './zh-CN/revocation.json' with { type: 'json' }
import zhSettings from './zh-CN/settings.json' with { type: 'json' }
import zhState from './zh-CN/state.json' with { type: 'json' }
import zhStatus from './zh-CN/status.json' with { type: 'json' }
import zhSteps from './zh-CN/steps.json' with { type: 'json' }
import zhTopology from './zh-CN/topology.json' with { type: 'json' }
import zhTraffic from './zh-CN/traffic.json' with { type: 'json' }
import zhVerdicts from './zh-CN/verdicts.json' with { type: 'json' }

/** Simplified Chinese, by namespace. */
export const zh = {
  app: zhApp,
  assessment: zhAssessment,
  clients: zhClients,
  topology: zhTopology,
  status: zhStatus,
  code: zhCode,
  commands: zhCommands,
  lessons: zhLessons,
  settings: zhSettings,
  state: zhState,
  presenter: zhPresenter,
  revocation: zhRevocation,
  traffic: zhTraffic,
  flow: zhFlow,
  inspector: zhInspector,
  compare: zhCompare,
  credential: zhCredential,
  findings: zhFindings,
  steps: zhSteps,
  verdicts: zhVerdicts,
  actions: zhActions,
}
