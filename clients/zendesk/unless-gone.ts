import { RemoteError } from '../errors.ts';

/**
 * Answers null for a record that Zendesk does not have. A wrong path or a wrong subdomain is a 404 too, and stays an error
 * (Zendesk's `InvalidEndpoint`): it must not pass for a record that is gone.
 */
export async function unlessGone<Result>(call: Promise<Result>): Promise<Result | null> {
  try {
    return await call;
  } catch (error) {
    const isGone = error instanceof RemoteError && error.kind === 'missing' && error.code === 'RecordNotFound';
    if (isGone) return null;
    throw error;
  }
}
