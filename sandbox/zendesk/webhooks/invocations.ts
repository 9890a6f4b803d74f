/** One request of a delivery, and what came of it. */
export interface Attempt {
  readonly status: 'success' | 'failed' | 'throttled' | 'circuit broken';
  /** Null when nothing was answered, or nothing was sent. */
  readonly statusCode: number | null;
  /** By the real clock. */
  readonly atMs: number;
  readonly responseBody: string;
}

/** One delivery of one webhook, however many attempts it takes. */
export interface Invocation {
  readonly id: string;
  /** Undefined for a hand-made delivery to a bare endpoint. */
  readonly webhookId: string | undefined;
  readonly eventType: string;
  readonly body: string;
  status: 'pending' | 'success' | 'terminated' | 'failed' | 'throttled' | 'circuit broken';
  readonly attempts: Attempt[];
}

/** The newest 20,000 deliveries. */
export interface Invocations {
  add(invocation: Invocation): Invocation;
  find(id: string): Invocation | undefined;
  /** Newest first. */
  list(webhookId?: string): Invocation[];
  clear(): void;
}

const KEPT = 20_000;

/** Makes an empty list of deliveries. */
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
