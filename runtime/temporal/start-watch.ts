import {
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowClientInterceptor,
} from '@temporalio/client';

/** Starts of workflows that have failed since the last one that succeeded. */
export interface StartProblem {
  /** The time of the first failure, by `performance.now()`. */
  readonly since: number;
  readonly failures: number;
  /** The name of the last gRPC status. */
  readonly status: string;
}

/** A watch over all starts of workflows by a client. */
export interface StartWatch {
  readonly interceptor: WorkflowClientInterceptor;
  /** Returns undefined after a start that succeeded, and before the first one. */
  problem(): StartProblem | undefined;
}

/** The gRPC statuses by number (gRPC docs, Status codes). */
const STATUSES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );
/** These are about the request and not about Temporal. */
const ABOUT_THE_REQUEST = new Set(['CANCELLED', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE']);

/** Creates a watch that notices when Temporal answers but starts nothing. `onFailure` is called after each failed start. */
export function createStartWatch(onFailure: (problem: StartProblem) => void): StartWatch {
  let problem: StartProblem | undefined;
  const watch = async <Result>(start: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await start();
      problem = undefined;
      return result;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) problem = undefined;
      const status = statusOf(error);
      if (status !== undefined && !ABOUT_THE_REQUEST.has(status)) {
        problem = { since: problem?.since ?? performance.now(), failures: (problem?.failures ?? 0) + 1, status };
        onFailure(problem);
      }
      throw error;
    }
  };
  return {
    interceptor: {
      startWithDetails: (input, next) => watch(() => next(input)),
      signalWithStart: (input, next) => watch(() => next(input)),
    },
    problem: () => problem,
  };
}

function statusOf(error: unknown): string | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? (STATUSES[cause.code] ?? 'UNKNOWN') : undefined;
}
