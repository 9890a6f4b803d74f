/** A run in the CLI's JSON output. */
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
  readonly gone: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** Prints a run's counts and requests, and the URL of its workflow in the Temporal Web UI. */
export function showRun(run: Run, at: { uiUrl: string }, print: (text: string) => void): void {
  const { read, ...outcomes } = run.totals;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  print(`   ${run.status}: ${read} read = ${counts.join(' + ')}`);
  print(
    `   requests: ${run.requests.dynamics} to Dynamics 365, ${run.requests.zendesk} to Zendesk, ${run.requests.entra} to Entra`,
  );
  print(`   ${at.uiUrl}/namespaces/default/workflows/${encodeURIComponent(run.workflowId)}`);
  if (run.error !== null) print(`   ${run.error.message}`);
}

/** A rejected record in the CLI's JSON output. */
export interface Rejected {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

/** Prints rejected records with their reasons. Contacts that wait for their account are counted, not listed. */
export function showRejected(rejected: readonly Rejected[], print: (text: string) => void): void {
  const own = rejected.filter(({ code }) => code !== 'account_not_synced');
  for (const { legalEntity, kind, key, code, message } of own)
    print(`   ${legalEntity}/${kind}/${key}  ${code}: ${message}`);
  print(`   account_not_synced: ${rejected.length - own.length} contacts wait for one of these accounts`);
}
