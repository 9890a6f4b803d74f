import type { Priority, TypedSearchAttributes } from '@temporalio/common';
import { priorityOf, TASK_QUEUE } from './contract.ts';
import { searchAttributesOf } from './search-attributes.ts';

/** A workflow to start: its id, its input, and a summary for operators. */
export interface WorkflowToStart<Input extends ConnectionInput> {
  readonly workflowId: string;
  readonly input: Input;
  readonly summary: string;
  /** Temporal's priority from 1 (highest) to 5 (lowest), by default 3. */
  readonly priorityKey?: number | undefined;
}

/** The input of every workflow of a connection. `legalEntity` becomes a search attribute. */
export interface ConnectionInput {
  readonly connectionId: string;
  readonly legalEntity?: string | undefined;
}

/** The common options of all ways to start a workflow: by a client, by a schedule, or as a child. */
export interface StartOptions<Input> {
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly args: [Input];
  readonly staticSummary: string;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly priority: Priority;
}

/** Returns the common options to start a workflow. */
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
