import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** How the workflows are bundled: with a data converter's failure converter, for workers that have a version, and traced. */
export interface BundleOptions {
  readonly failureConverterPath?: string | undefined;
  readonly versioned?: boolean;
  /** A bundle that is made apart gets nothing from the plugin that traces: this is its part of it. */
  readonly isTraced?: boolean;
}

/** Bundles the workflows for Temporal's sandbox, from source or from the build, whichever runs; less than a second. */
export function workflowBundle({
  failureConverterPath,
  versioned = false,
  isTraced = false,
}: BundleOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  const entry = versioned ? 'versioned' : 'index';
  const workflows = new URL(`../workflows/${entry}${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(workflows),
    logger: new DefaultLogger('WARN'),
    workflowInterceptorModules: isTraced ? [tracingInterceptors()] : [],
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
  });
}

function tracingInterceptors(): string {
  return createRequire(import.meta.url).resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors');
}
