import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';

/**
 * Bundles the workflows for Temporal's sandbox, from source or from the build, whichever runs; less than a second. Of a data
 * converter the paths are bundled; what has none is the worker's own.
 */
export function workflowBundle({
  failureConverterPath,
}: Pick<DataConverter, 'failureConverterPath'> = {}): Promise<WorkflowBundleWithSourceMap> {
  const workflows = new URL(`../workflows/index${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(workflows),
    logger: new DefaultLogger('WARN'),
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
  });
}
