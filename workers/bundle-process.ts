import { workflowBundle, type BundleOptions } from './bundle.ts';

/**
 * The entry of the child process that bundles workflows. Its argument is JSON with the options. Sends the code to its
 * parent.
 */
const { code } = await workflowBundle(JSON.parse(process.argv[2] ?? '{}') as BundleOptions);
process.send?.(code, () => process.exit(0));
