import { RemoteError } from '../errors.ts';

/**
 * Resolves with null if the record does not exist in Zendesk. The 404 of a wrong path or subdomain (`InvalidEndpoint`)
 * stays an error, because it does not mean that the record is gone.
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
