import { randomBytes } from 'node:crypto'
import type { Notice } from '../contract/lab.ts'
import type { Config } from './config.ts'
import { createControlApp } from './control/app.ts'
import { listen, stopListening } from './control/listen.ts'
import type { CurrentLab } from './current-lab.ts'
import { openPort } from './free-port.ts'
import type { Undoing } from './undoing.ts'

/** What the control plane is opened with. */
export interface ControlOptions {
  readonly config: Config
  /** Whom it commands. */
  readonly current: CurrentLab
  /** Ends it. */
  readonly undoing: Undoing
}

/** Serves control API and workbench. @param notices what is to be known of its port is added. @throws LabError when its port cannot be had */
export async function openControl(
  { config, current, undoing }: ControlOptions,
  notices: Notice[],
): Promise<{ token: string; url: string }> {
  const token = randomBytes(32).toString('base64url')
  let port = 0
  const control = createControlApp({ lab: () => current.parts, token, port: () => port })
  const wish = { name: 'control', port: config.port, isAsked: config.isPortAsked } as const
  const { opened, notices: moved } = await openPort(wish, (wished) => listen(control.app, wished))
  port = opened.port
  notices.push(...moved)
  undoing.add(async () => {
    control.close()
    await stopListening(opened)
  })
  return { token, url: `http://127.0.0.1:${port}` }
}
