import { Workbench } from './workbench/workbench.tsx'

/** Frame of the page around the screens. */
export const Shell = () => <Workbench />
