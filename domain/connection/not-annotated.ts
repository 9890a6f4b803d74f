import { entityOf, type RegistryContext } from '../entities.ts';
import { isCovered, noGo, type GoScope } from './go.ts';

/** The reason why the annotation of an account is not written, although nothing is wrong. */
export interface NotAnnotated {
  readonly code: 'annotation_off' | 'no_go';
  readonly message: string;
}

/**
 * Returns why the annotations of a legal entity and kind are not written: they are switched off, or nobody has given the
 * go. Returns null if they are written.
 */
export function notAnnotated(
  connection: RegistryContext & { readonly id: string },
  gos: readonly GoScope[],
  slice: GoScope,
): NotAnnotated | null {
  if (entityOf(connection, slice.kind).annotation === undefined)
    return {
      code: 'annotation_off',
      message: `The annotation of ${slice.kind}s is switched off in the connection file, so the support load is not written to Dynamics 365.`,
    };
  return isCovered(gos, slice) ? null : noGo(connection.id, slice.legalEntity);
}
