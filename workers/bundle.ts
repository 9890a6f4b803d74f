import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** How the workflows are bundled: with a data converter's failure converter, and for workers that have a version. */
export interface BundleOptions {
  readonly failureConverterPath?: string | undefined;
  readonly versioned?: boolean;
}

/** Bundles the workflows for Temporal's sandbox, from source or from the build, whichever runs; less than a second. */
export function workflowBundle({
  failureConverterPath,
  versioned = false,
}: BundleOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  const entry = versioned ? 'versioned' : 'index';
  const workflows = new URL(`../workflows/${entry}${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(workflows),
    logger: new DefaultLogger('WARN'),
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
  });
}
