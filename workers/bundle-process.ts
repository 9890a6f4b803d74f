import { workflowBundle } from './bundle.ts';

/**
 * The entry of the short-lived process that bundles the workflows: it hands the code to the worker that forked it and ends,
 * and the bundler's memory, more than the worker ever needs, goes with it.
 */
const { code } = await workflowBundle();
process.send?.(code, () => process.exit(0));
