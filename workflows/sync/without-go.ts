import { setCurrentDetails } from '@temporalio/workflow';
import type { WithoutGo } from '../contract.ts';

/** Returns the result of a run without a go, and shows the reason in the Web UI. */
export function withoutGo(message: string): WithoutGo {
  setCurrentDetails(message);
  return { code: 'no_go', message };
}
