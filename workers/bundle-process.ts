import { workflowBundle, type BundleOptions } from './bundle.ts';

/**
 * The entry of the short-lived process that bundles the workflows: it hands the code to the worker that forked it and ends,
 * and the bundler's memory, more than the worker ever needs, goes with it. Its argument are the options, as JSON.
 */
const { code } = await workflowBundle(JSON.parse(process.argv[2] ?? '{}') as BundleOptions);
process.send?.(code, () => process.exit(0));
