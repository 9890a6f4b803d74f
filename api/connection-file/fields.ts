import { z } from 'zod';
import { ANNOTATION_FIELDS } from '../../domain/support/annotation.ts';
import { RULE_COUNTS } from '../../domain/support/support-status.ts';
import { readPrivateKey } from './private-key.ts';

/** A text of one line, at most 200 characters. */
export const text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line without control characters');

/** The id of a connection, chosen by the operator. */
export const connectionId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must match [a-z0-9][a-z0-9-]{0,39}');

/** A GUID, the form of tenant and application ids in Entra. */
export const guid = z.guid('must be a GUID');

const SECRET_FORM =
  'must be the secret itself. To use {"env": …} or {"file": …}, apply the file with: ledgerdesk connection apply FILE';

/** A literal secret. White space and a byte order mark around it, which editors and shells add, are removed. */
export const secret = z
  .string({ error: ({ input }) => (typeof input === 'object' && input !== null ? SECRET_FORM : undefined) })
  .trim()
  .min(1)
  .max(20_000)
  .regex(/^[^\0\p{Cs}]*$/u, 'must not contain control characters')
  .meta({ writeOnly: true });

/** A secret that is sent in an HTTP header. */
export const token = secret.regex(/^[\x21-\x7e]*$/, 'must consist of printable ASCII characters without spaces');

/** An RSA private key in PEM form, which is brought into its usual form. */
export const privateKey = secret.transform((value, context) => {
  const read = readPrivateKey(value);
  if ('key' in read) return read.key;
  context.addIssue({ code: 'custom', message: read.mistake });
  return z.NEVER;
});

/** The name of an entity set or field in F&O, or of a member of an event. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]{0,127}$/, 'must start with a letter or _ and contain only letters, digits, _ and .');

/** A legal entity id, converted to lower case because F&O compares ids case-insensitively. */
export const legalEntity = z
  .string()
  .trim()
  .regex(/^[^\s\p{C}'"/\\,]{1,20}$/u, 'must be a legal entity id such as "usmf"')
  .transform((value) => value.toLowerCase());

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS };
const MAX_MS = 7 * 1_440 * MINUTE_MS;
const DURATION_MESSAGE = 'must be a whole number followed by s, m, h or d, from 1m to 7d';

/** A duration such as `15m`, converted to milliseconds. */
export const duration = z.string().transform((value, context) => {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value.trim()) ?? [];
  const durationMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  if (durationMs >= MINUTE_MS && durationMs <= MAX_MS) return durationMs;
  context.addIssue({ code: 'custom', message: DURATION_MESSAGE });
  return z.NEVER;
});

const threshold = z.int().min(1);

/** A rule for the status of an account: the lowest counts for which the status applies. */
export const statusRule = z.strictObject(nullish(RULE_COUNTS, threshold)).transform(withoutNulls);

/** The typed fields of an annotation: the name in F&O of the field for each value. */
export const annotationFields = z
  .strictObject(nullish(ANNOTATION_FIELDS, identifier))
  .transform(withoutNulls)
  .refine((fields) => Object.keys(fields).length > 0, 'must name at least one field');

function nullish<Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) {
  const members = names.map((name) => [name, schema.nullish()] as const);
  return Object.fromEntries(members) as Record<Name, z.ZodOptional<z.ZodNullable<Schema>>>;
}

type WithoutNulls<Members> = { readonly [Name in keyof Members]?: NonNullable<Members[Name]> };

function withoutNulls<Members extends object>(members: Members): WithoutNulls<Members> {
  const given = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given) as WithoutNulls<Members>;
}
