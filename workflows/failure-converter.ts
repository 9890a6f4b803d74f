import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Moves messages and stacks of failures into payloads, so that they are encrypted, too. Workers and the workflow bundle
 * load this file by its path if encryption is on. The default converter can read such failures.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
