import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** Options of `workflowBundle`. */
export interface BundleOptions {
  /** The path of the failure converter of the worker's data converter. */
  readonly failureConverterPath?: string | undefined;
  /** True for workers that take part in worker versioning. */
  readonly versioned?: boolean;
  /** Adds the interceptors for traces, which the tracing plugin cannot add in a child process. */
  readonly isTraced?: boolean;
}

/**
 * Bundles the workflows for Temporal's sandbox, from the source or the build, whichever is running. Takes under a
 * second.
 */
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
