import { RemoteError } from '../../clients/errors.ts';
import type { Refusal } from '../../store/connection/refusals.ts';
import type { Store } from '../../store/store.ts';
import { messageOf } from '../failure.ts';

/**
 * Records an error that refuses the credentials or a privilege, and returns whether the refusal is confirmed. Returns
 * undefined for any other error. Recording the same refusal twice changes nothing.
 */
export async function confirmRefusal(
  { refusals }: Pick<Store, 'refusals'>,
  connectionId: string,
  error: unknown,
): Promise<Refusal | undefined> {
  if (!(error instanceof RemoteError)) return undefined;
  const { system, operation, kind, status, code } = error;
  if (kind !== 'unauthorized' && kind !== 'forbidden') return undefined;
  const shown = code ?? (status === null ? null : String(status));
  return refusals.refuse({ connectionId, system, operation, kind, code: shown, message: messageOf(error) });
}
