import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { trace } from '@opentelemetry/api';

/**
 * Adds the trace id to the lines that Temporal logs about a step. The id is stored when the step begins, because the
 * SDK logs a failure of the step after its span has ended.
 */
export const logTraceId: ActivityInterceptorsFactory = () => {
  let traceId: string | undefined;
  return {
    inbound: {
      execute(input, next) {
        traceId = trace.getActiveSpan()?.spanContext().traceId;
        return next(input);
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next(traceId === undefined ? input : { ...input, traceId }),
    },
  };
};
