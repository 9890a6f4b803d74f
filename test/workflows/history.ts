import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** The marker of `patched`, which says which version of the code a workflow began with. */
const VERSION_MARKER = 'core_patch';

/** One event of a history. */
export type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

/** Yields the events of a workflow as they happen, until it ends. Goes on with the next run after continue-as-new. */
export async function* followHistory(
  client: Client,
  { workflowId, runId: first }: { workflowId: string; runId: string },
): AsyncGenerator<HistoryEvent> {
  let runId = first;
  let nextPageToken: Uint8Array | undefined;
  for (;;) {
    const { history, nextPageToken: token } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    const events = history?.events ?? [];
    yield* events;
    nextPageToken = token.length > 0 ? token : undefined;
    if (nextPageToken !== undefined) continue;
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (!next) return;
    runId = next;
  }
}

/**
 * Returns what a workflow did, in order, without its results and version markers: the names of its steps, `wait 3000 ms: reason`, `child
 * usmf read` for a stage of a legal entity, and `continue as new`.
 */
export function courseOf(events: readonly HistoryEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.activityTaskScheduledEventAttributes)
      return [event.activityTaskScheduledEventAttributes.activityType?.name ?? ''];
    const marker = event.markerRecordedEventAttributes?.markerName;
    if (marker === VERSION_MARKER) return [];
    if (marker) return [localStepOf(event)];
    if (event.timerStartedEventAttributes) return [`wait ${timerMs(event)} ms: ${summaryOf(event)}`];
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (child) return [childName(child.workflowId ?? '')];
    return event.workflowExecutionContinuedAsNewEventAttributes ? ['continue as new'] : [];
  });
}

/** Returns the duration of the timer that an event starts, in milliseconds, or undefined for another event. */
export function timerMs({ timerStartedEventAttributes: timer }: HistoryEvent): number | undefined {
  if (!timer) return undefined;
  const { seconds, nanos } = timer.startToFireTimeout ?? {};
  return Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000;
}

/** Returns the events that schedule a step or start a child, in order. */
export function stepsAndChildren(events: readonly HistoryEvent[]): HistoryEvent[] {
  return events.filter(
    (event) => event.activityTaskScheduledEventAttributes ?? event.startChildWorkflowExecutionInitiatedEventAttributes,
  );
}

/** Returns the summary of a step, wait or child, as the Web UI shows it. */
export function summaryOf({ userMetadata }: HistoryEvent): string {
  return userMetadata?.summary ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary) : '';
}

/** Returns the search attributes that a workflow gave itself. */
export function attributesAdded(events: readonly HistoryEvent[]): Record<string, unknown> {
  const added = events.flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upserted }) =>
    Object.entries(upserted?.searchAttributes?.indexedFields ?? {}),
  );
  return Object.fromEntries(added.map(([name, payload]) => [name, defaultPayloadConverter.fromPayload(payload)]));
}

function localStepOf({ markerRecordedEventAttributes: marker }: HistoryEvent): string {
  const [data] = marker?.details?.['data']?.payloads ?? [];
  return data
    ? defaultPayloadConverter.fromPayload<{ activity_type: string }>(data).activity_type
    : (marker?.markerName ?? '');
}

/** The workflow id of a child is `legal-entity-sync/CONNECTION/LEGAL ENTITY/RUN/STAGE`. */
function childName(workflowId: string): string {
  const [, , legalEntity, , stage] = workflowId.split('/');
  return `child ${legalEntity} ${stage}`;
}
