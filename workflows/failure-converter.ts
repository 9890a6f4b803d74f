import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts what failures say, and their stacks, into payloads, which are encrypted with the others. Loaded by its path, by workers
 * and into the bundle of the workflows, where payloads are encrypted; the default one reads such failures too.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
