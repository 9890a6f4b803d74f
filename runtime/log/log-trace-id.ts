import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { trace } from '@opentelemetry/api';

/**
 * Gives the lines that Temporal logs of a step the id of its trace. The SDK says that a step has failed when the span of the
 * step has ended, and would find no trace by then: so the id is kept from the beginning of the step.
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
