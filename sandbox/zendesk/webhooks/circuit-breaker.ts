import type { Clock } from '../../core/clock.ts';
import type { ZendeskSettings } from '../settings.ts';

/**
 * A circuit breaker that stops deliveries to a failing endpoint (Zendesk docs: 70 % or 1,000 errors within five
 * minutes).
 */
export interface CircuitBreaker {
  isOpen(webhookId: string): boolean;
  record(webhookId: string, succeeded: boolean): void;
  /** Closes all circuits. */
  reset(): void;
}

interface Circuit {
  readonly requests: { readonly atMs: number; readonly succeeded: boolean }[];
  openUntilMs: number;
}

const WINDOW_MS = 300_000;
const MAX_ERRORS = 1_000;
const ERROR_SHARE = 0.7;

/**
 * Creates a circuit breaker on the simulated clock. The settings contain its pause and its smallest number of requests.
 */
export function createCircuitBreaker(clock: Clock, settings: ZendeskSettings): CircuitBreaker {
  const circuits = new Map<string, Circuit>();
  return {
    isOpen: (webhookId) => (circuits.get(webhookId)?.openUntilMs ?? 0) > clock.now().getTime(),
    record: (webhookId, succeeded) => {
      const nowMs = clock.now().getTime();
      const circuit = circuits.get(webhookId) ?? { requests: [], openUntilMs: 0 };
      circuits.set(webhookId, circuit);
      circuit.requests.push({ atMs: nowMs, succeeded });
      while ((circuit.requests[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) circuit.requests.shift();
      if (!settings.webhookBreaker || succeeded || !isTripped(circuit, settings)) return;
      circuit.openUntilMs = nowMs + settings.webhookBreakerPauseSeconds * 1000;
      circuit.requests.length = 0;
    },
    reset: () => circuits.clear(),
  };
}

function isTripped({ requests }: Circuit, { webhookBreakerLeastRequests: least }: ZendeskSettings): boolean {
  const errors = requests.filter(({ succeeded }) => !succeeded).length;
  return errors > MAX_ERRORS || (requests.length >= least && errors / requests.length >= ERROR_SHARE);
}
