import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** The attributes that a span keeps. Its name is that of a workflow type, a step or a signal. */
const ATTRIBUTES = new Set([
  ...['temporalWorkflowId', 'run_id', 'temporalActivityId', 'temporalUpdateId'],
  ...['workflowId', 'runId', 'workflowType', 'taskQueue', 'namespace', 'attempt'],
]);

/**
 * Removes everything but ids and types from spans. The interceptors also add memos, search attributes, results, and
 * messages and stacks of failures. These stay in Temporal, which has an access control of its own.
 */
export function redactSpans(processor: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, context) => processor.onStart(span, context),
    onEnd: (span) => processor.onEnd(withIdsOnly(span)),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

function withIdsOnly(span: ReadableSpan): ReadableSpan {
  const { name, kind, parentSpanId, startTime, endTime, duration, ended, resource, instrumentationLibrary } = span;
  const { attributes, status } = span;
  return {
    ...{ name, kind, startTime, endTime, duration, ended, resource, instrumentationLibrary },
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    spanContext: () => span.spanContext(),
    attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => ATTRIBUTES.has(key))),
    status: { code: status.code },
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
