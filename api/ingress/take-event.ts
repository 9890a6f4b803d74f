import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Log } from '../../runtime/log/log.ts';
import type { Services } from '../../runtime/services.ts';
import type { IncomingEvent } from '../../store/events/events.ts';
import { EVENT_PRIORITY } from '../../workflows/contract.ts';
import { startOptions, type ConnectionInput } from '../../workflows/start-options.ts';
import type { FailureLimit } from '../failure-limit.ts';

/** What both ingresses need. */
export interface IngressDeps {
  readonly services: Pick<Services, 'store' | 'temporal' | 'parseJson'>;
  readonly log: Log;
  /** Counts requests that prove nothing. A sender with a valid signature, or a known F&O hook, is never counted. */
  readonly failures: FailureLimit;
}

/** What became of an event that was accepted or repeated. */
export type Taken = 'started' | 'duplicate' | 'other_content';

/** The workflow that handles an event; its id makes sure that the event is handled once. */
export interface EventWorkflow {
  readonly type: string;
  readonly workflowId: string;
  readonly input: ConnectionInput;
  readonly summary: string;
  /** When it begins, in ms from now: one whose record will be read with others begins late, to find that done. */
  readonly startDelay: number;
}

/** The longest time that a sender waits, in ms: F&O gives up after a few seconds, Zendesk after twelve. */
export const TAKE_LIMIT_MS = 2_000;

/**
 * Takes an event: stores it, starts its workflow, and only then counts it as accepted. An event whose process died in between is new
 * when it comes again; a workflow that exists already was started by the first delivery.
 */
export async function takeEvent(
  { services: { store, temporal } }: IngressDeps,
  event: IncomingEvent,
  workflowOf: (rowId: string) => Promise<EventWorkflow | null>,
): Promise<Taken> {
  const received = await store.events.receive(event);
  if (received.state !== 'new') return received.state;
  const workflow = await workflowOf(received.id);
  if (workflow === null) {
    await store.events.ignored(received.id, 'ignored');
    return 'started';
  }
  const { type, workflowId, input, summary, startDelay } = workflow;
  const isFirst = await temporal.withDeadline(TAKE_LIMIT_MS, async () => {
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
