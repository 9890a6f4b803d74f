import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** What a span may tell beside its name, which is that of a workflow type, a step or a signal, and its times. */
const ATTRIBUTES = new Set([
  ...['temporalWorkflowId', 'run_id', 'temporalActivityId', 'temporalUpdateId'],
  ...['workflowId', 'runId', 'workflowType', 'taskQueue', 'namespace', 'attempt'],
]);

/**
 * Lets through ids and types only: the interceptors also put memos, search attributes and the last result of a workflow on
 * its spans, and of what failed its message and stack. Those are to be seen in Temporal, by those who may see it.
 */
export function spansOfIds(processor: SpanProcessor): SpanProcessor {
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
