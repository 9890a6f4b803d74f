/** A run, as the command line prints it. */
export interface Run {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: string;
  readonly totals: Totals;
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly message: string } | null;
}

interface Totals {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly adopted: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** Shows a run's counts and requests, and where to look at it in the Temporal Web UI. */
export function showRun(run: Run, at: { uiUrl: string }, say: (text: string) => void): void {
  const { read, ...outcomes } = run.totals;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  say(`   ${run.status}: ${read} read = ${counts.join(' + ')}`);
  say(
    `   requests: ${run.requests.dynamics} to Dynamics 365, ${run.requests.zendesk} to Zendesk, ${run.requests.entra} to Entra`,
  );
  say(`   ${at.uiUrl}/namespaces/default/workflows/${encodeURIComponent(run.workflowId)}/${run.runId}/timeline`);
  if (run.error !== null) say(`   ${run.error.message}`);
}

/** What of the two runs is not as it should be, a sentence each. */
export function verify(first: Run, second: Run): string[] {
  const mistakes: string[] = [];
  const expect = (holds: boolean, mistake: string): void => {
    if (!holds) mistakes.push(mistake);
  };
  for (const [name, run] of Object.entries({ first, second })) {
    const { read, ...outcomes } = run.totals;
    const sum = Object.values(outcomes).reduce((total, count) => total + count, 0);
    expect(run.status === 'completed', `the ${name} run ended as ${run.status}`);
    expect(read > 0 && sum === read, `the ${name} run read ${read} records and has ${sum} outcomes`);
  }
  expect(first.totals.created > 0 && first.totals.adopted > 0, 'the first run created and adopted organizations');
  expect(
    second.totals.created === 0 && second.totals.adopted === 0,
    'the second run created or adopted organizations again',
  );
  expect(second.totals.updated === 3, `three accounts had changed, ${second.totals.updated} were updated`);
  expect(second.requests.zendesk <= 10, `the second run needed ${second.requests.zendesk} requests to Zendesk`);
  return mistakes;
}
