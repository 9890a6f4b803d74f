import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Log } from '../../runtime/log/log.ts';
import type { Services } from '../../runtime/services.ts';
import type { IncomingEvent } from '../../store/events/events.ts';
import { EVENT_PRIORITY, TASK_QUEUE, priorityOf } from '../../workflows/contract.ts';
import { searchAttributesOf } from '../../workflows/search-attributes.ts';
import type { FailureLimit } from '../failure-limit.ts';

/** What the doors work with. */
export interface IngressDeps {
  readonly services: Pick<Services, 'store' | 'temporal' | 'parseJson'>;
  readonly log: Log;
  /** Counts senders that no door knows; whoever has signed well, or knows its hook, is never counted. */
  readonly failures: FailureLimit;
}

/** What became of an event that was let in. */
export type Taken = 'started' | 'duplicate' | 'other_content';

/** The workflow that handles an event; its id makes sure that the event is handled once. */
export interface EventWorkflow {
  readonly type: string;
  readonly workflowId: string;
  readonly input: { readonly connectionId: string; readonly legalEntity?: string };
  readonly summary: string;
  /** When it begins, in ms from now: one whose record will be read with others begins late, to find that done. */
  readonly startDelay: number;
}

/** Longest time that a sender waits: F&O gives up after a few seconds, Zendesk after twelve. */
export const TAKE_LIMIT_MS = 2_000;

/**
 * Takes an event: it is written down, its workflow is started, and only then it counts as accepted. An event that died
 * between these is new when it comes again; a workflow that is there already is what the first delivery started.
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
        taskQueue: TASK_QUEUE,
        workflowId,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: summary,
        typedSearchAttributes: searchAttributesOf(input.connectionId, input.legalEntity),
        priority: priorityOf(input.connectionId, EVENT_PRIORITY),
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
