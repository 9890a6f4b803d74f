/** One attempt of a delivery, and its outcome. */
export interface Attempt {
  readonly status: 'success' | 'failed' | 'throttled' | 'circuit broken';
  /** Null when there was no response, or no request. */
  readonly statusCode: number | null;
  /** In real time. */
  readonly atMs: number;
  readonly responseBody: string;
}

/** One delivery of one webhook, with all its attempts. */
export interface Invocation {
  readonly id: string;
  /** Undefined for a manual delivery to an endpoint without a webhook. */
  readonly webhookId: string | undefined;
  readonly eventType: string;
  readonly body: string;
  status: 'pending' | 'success' | 'terminated' | 'failed' | 'throttled' | 'circuit broken';
  readonly attempts: Attempt[];
}

/** The deliveries of the account. The newest 20,000 are kept. */
export interface Invocations {
  add(invocation: Invocation): Invocation;
  find(id: string): Invocation | undefined;
  /** Returns the deliveries, newest first. */
  list(webhookId?: string): Invocation[];
  clear(): void;
}

const KEPT = 20_000;

/** Creates an empty list of deliveries. */
export function createInvocations(): Invocations {
  const kept = new Map<string, Invocation>();
  return {
    add: (invocation) => {
      kept.set(invocation.id, invocation);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return invocation;
    },
    find: (id) => kept.get(id),
    list: (webhookId) =>
      [...kept.values()].reverse().filter((one) => webhookId === undefined || one.webhookId === webhookId),
    clear: () => kept.clear(),
  };
}
