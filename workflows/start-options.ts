import type { Priority, TypedSearchAttributes } from '@temporalio/common';
import { priorityOf, TASK_QUEUE } from './contract.ts';
import { searchAttributesOf } from './search-attributes.ts';

/** A workflow to start: its id, what it works on, and a line that a support person understands. */
export interface WorkflowToStart<Input extends ConnectionInput> {
  readonly workflowId: string;
  readonly input: Input;
  readonly summary: string;
  /** Temporal's priority, 1 (first) to 5 (last); 3 when absent. */
  readonly priorityKey?: number | undefined;
}

/** The input of every workflow of a connection. `legalEntity` makes it findable by that as well. */
export interface ConnectionInput {
  readonly connectionId: string;
  readonly legalEntity?: string | undefined;
}

/** The options that all ways of starting a workflow have in common: by a client, a schedule, or as a child. */
export interface StartOptions<Input> {
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly args: [Input];
  readonly staticSummary: string;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly priority: Priority;
}

/** Returns the options with which a workflow is started, whoever starts it. */
export function startOptions<Input extends ConnectionInput>(wanted: WorkflowToStart<Input>): StartOptions<Input> {
  const { workflowId, input, summary, priorityKey } = wanted;
  const { connectionId, legalEntity } = input;
  return {
    taskQueue: TASK_QUEUE,
    workflowId,
    args: [input],
    staticSummary: summary,
    typedSearchAttributes: searchAttributesOf(connectionId, legalEntity?.toLowerCase()),
    priority: priorityOf(connectionId, priorityKey),
  };
}
