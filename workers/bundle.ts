import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** Bundles the workflows for Temporal's sandbox, from source or from the build, whichever runs; less than a second. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  const workflows = new URL(`../workflows/index${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(workflows), logger: new DefaultLogger('WARN') });
}
