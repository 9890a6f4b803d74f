import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Log } from '../../runtime/log/log.ts';
import type { Services } from '../../runtime/services.ts';
import type { IncomingEvent, Received } from '../../store/events/events.ts';
import { EVENT_PRIORITY } from '../../workflows/contract.ts';
import { startOptions, type ConnectionInput } from '../../workflows/start-options.ts';
import type { FailureLimit } from '../failure-limit.ts';

/** The dependencies of both ingresses. */
export interface IngressDeps {
  readonly services: Pick<Services, 'store' | 'temporal' | 'parseJson'>;
  readonly log: Log;
  /** Counts unauthenticated requests. A request with a valid signature or a known F&O hook is never counted. */
  readonly failures: FailureLimit;
}

/** An event that was received for the first time, or whose workflow no delivery has started yet. */
export type NewEvent = Extract<Received, { readonly state: 'new' }>;

/** The result of an event: accepted, received before, or received before with other content. */
export type EventResult = 'started' | 'duplicate' | 'other_content';

/** The workflow that handles an event. Its id ensures that the event is handled once. */
export interface EventWorkflow {
  readonly type: string;
  readonly workflowId: string;
  readonly input: ConnectionInput;
  readonly summary: string;
  /** The delay before it starts, in ms: greater than 0 if the workflow of an earlier event will read the record anyway. */
  readonly startDelay: number;
}

/** The time limit for a response, in ms. F&O gives up after a few seconds, Zendesk after twelve. */
export const RESPONSE_LIMIT_MS = 2_000;

/**
 * Accepts an event: stores it, starts its workflow, and then marks it as accepted. If the process stops in between, the
 * event counts as new when it is sent again. A workflow that already exists was started by an earlier delivery.
 */
export async function acceptEvent(
  { services: { store, temporal } }: IngressDeps,
  event: IncomingEvent,
  workflowOf: (received: NewEvent) => Promise<EventWorkflow | null>,
): Promise<EventResult> {
  const received = await store.events.receive(event);
  if (received.state !== 'new') return received.state;
  const workflow = await workflowOf(received);
  if (workflow === null) {
    await store.events.ignored(received.id, 'ignored');
    return 'started';
  }
  const { type, workflowId, input, summary, startDelay } = workflow;
  const isFirst = await temporal.withDeadline(RESPONSE_LIMIT_MS, async () => {
    try {
      await temporal.client.workflow.start(type, {
        ...startOptions({ workflowId, input, summary, priorityKey: EVENT_PRIORITY }),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        ...(startDelay > 0 ? { startDelay } : {}),
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  });
  await store.events.accepted(received.id, workflowId);
  return isFirst ? 'started' : 'duplicate';
}
