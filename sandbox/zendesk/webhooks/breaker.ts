import type { Clock } from '../../core/clock.ts';
import type { ZendeskSettings } from '../settings.ts';

/** Stops deliveries to an endpoint that fails (Zendesk docs: 70 % errors, or 1,000, within five minutes). */
export interface Breaker {
  isOpen(webhookId: string): boolean;
  note(webhookId: string, wasGood: boolean): void;
  /** Closes all of them. */
  reset(): void;
}

interface Circuit {
  readonly requests: { readonly atMs: number; readonly wasGood: boolean }[];
  openUntilMs: number;
}

const WINDOW_MS = 300_000;
const MOST_ERRORS = 1_000;
const ERROR_SHARE = 0.7;

/** Makes a breaker by the simulated clock; how long it stays open and from how many requests a share counts are settings. */
export function createBreaker(clock: Clock, settings: ZendeskSettings): Breaker {
  const circuits = new Map<string, Circuit>();
  return {
    isOpen: (webhookId) => (circuits.get(webhookId)?.openUntilMs ?? 0) > clock.now().getTime(),
    note: (webhookId, wasGood) => {
      const nowMs = clock.now().getTime();
      const circuit = circuits.get(webhookId) ?? { requests: [], openUntilMs: 0 };
      circuits.set(webhookId, circuit);
      circuit.requests.push({ atMs: nowMs, wasGood });
      while ((circuit.requests[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) circuit.requests.shift();
      if (!settings.webhookBreaker || wasGood || !isTripped(circuit, settings)) return;
      circuit.openUntilMs = nowMs + settings.webhookBreakerPauseSeconds * 1000;
      circuit.requests.length = 0;
    },
    reset: () => circuits.clear(),
  };
}

function isTripped({ requests }: Circuit, { webhookBreakerLeastRequests: least }: ZendeskSettings): boolean {
  const errors = requests.filter(({ wasGood }) => !wasGood).length;
  return errors > MOST_ERRORS || (requests.length >= least && errors / requests.length >= ERROR_SHARE);
}
