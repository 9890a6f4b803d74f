import { Context } from '@temporalio/activity';
import { createActivities } from '../../activities/index.ts';
import { stop } from '../../activities/failure.ts';
import type { HousekeepingSteps, Steps } from '../../workflows/steps.ts';

type AllSteps = Steps & HousekeepingSteps;
type InputOf<Name extends keyof AllSteps> = Parameters<AllSteps[Name]>[0];
type ResultOf<Name extends keyof AllSteps> = Awaited<ReturnType<AllSteps[Name]>>;
type Answer<Name extends keyof AllSteps> = (input: InputOf<Name>) => ResultOf<Name> | Promise<ResultOf<Name>>;

/**
 * What the steps of a workflow return. A function answers every call of its step. In a list, each entry answers one
 * attempt: a function is called, an error is thrown, and anything else is returned. Every other call fails and is not
 * retried.
 */
export type Script = {
  readonly [Name in keyof AllSteps]?: Answer<Name> | readonly (Answer<Name> | ResultOf<Name> | Error)[];
};

/** One attempt of a step. */
export interface Call {
  readonly step: keyof AllSteps;
  readonly input: unknown;
}

/** The script under which a worker runs, with the attempts so far. */
export interface Performance {
  readonly script: Script;
  readonly calls: Call[];
}

/** Creates all activities of the product's worker, by their names, which follow the script of the current performance. */
export function createScriptedActivities(current: () => Performance): AllSteps {
  const names = Object.keys(createActivities({} as never)) as (keyof AllSteps)[];
  const entries = names.map((step) => [step, (input: unknown) => perform(current(), { step, input })]);
  return Object.fromEntries(entries) as AllSteps;
}

async function perform({ script, calls }: Performance, call: Call): Promise<unknown> {
  const nth = calls.filter(({ step }) => step === call.step).length;
  calls.push(call);
  const answers = script[call.step] as Answer<never> | readonly unknown[] | undefined;
  if (typeof answers === 'function') return answers(call.input as never);
  if (answers === undefined || nth >= answers.length)
    throw stop('not_in_script', `The script has no answer to call ${nth + 1} of ${call.step}.`);
  const answer = answers[nth];
  if (answer instanceof Error) throw answer;
  return typeof answer === 'function' ? (answer as (input: unknown) => unknown)(call.input) : answer;
}

/** Sends heartbeats until the step is cancelled, and then ends as cancelled. */
export async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 50);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}
