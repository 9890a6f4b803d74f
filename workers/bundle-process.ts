import { workflowBundle } from './bundle.ts';

/**
 * The entry of the short-lived process that bundles the workflows: it hands the code to the worker that forked it and ends,
 * and the bundler's memory, more than the worker ever needs, goes with it. Its argument is the path of a failure converter,
 * if there is to be one.
 */
const [, , failureConverterPath] = process.argv;
const { code } = await workflowBundle(failureConverterPath === undefined ? {} : { failureConverterPath });
process.send?.(code, () => process.exit(0));
