import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from './failures.ts';

/** Where the admin API is, and what opens it. */
export interface Settings {
  /** Base URL without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Where the token came from, to name it when the API refuses it. */
  readonly tokenSource: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Reads the settings from the environment. Throws `CommandError` with one sentence when one is missing or no good. */
export async function readSettings(env: Env): Promise<Settings> {
  return { url: readUrl(present(env['LEDGERDESK_URL']) ?? DEFAULT_URL), ...(await readToken(env)) };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isBase || url.search !== '' || url.hash !== '') {
    throw new CommandError('LEDGERDESK_URL must be a plain http or https URL, as http://127.0.0.1:8080.', {
      code: 'bad_url',
    });
  }
  return url.href.replace(/\/+$/, '');
}

async function readToken(env: Env): Promise<Omit<Settings, 'url'>> {
  const plain = present(env['LEDGERDESK_ADMIN_TOKEN']);
  const file = present(env['LEDGERDESK_ADMIN_TOKEN_FILE']);
  if (plain !== undefined && file !== undefined) {
    throw noToken('LEDGERDESK_ADMIN_TOKEN and LEDGERDESK_ADMIN_TOKEN_FILE are both set: give one of them.');
  }
  if (plain !== undefined) return checked(plain, 'LEDGERDESK_ADMIN_TOKEN');
  if (file !== undefined) return checked(await readTokenFile(file, sayUnreadable), 'LEDGERDESK_ADMIN_TOKEN_FILE');
  const generated = join(present(env['LEDGERDESK_DATA_DIR']) ?? '.ledgerdesk', 'admin-token');
  return checked(await readTokenFile(generated, sayNotGenerated), generated);
}

async function readTokenFile(file: string, say: (file: string, code: string) => string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw noToken(say(file, (error as NodeJS.ErrnoException).code ?? 'unreadable'));
  }
}

function sayUnreadable(file: string, code: string): string {
  return `The file that LEDGERDESK_ADMIN_TOKEN_FILE names, ${file}, cannot be read (${code}).`;
}

function sayNotGenerated(file: string, code: string): string {
  if (code !== 'ENOENT') return `The generated admin token, ${file}, cannot be read (${code}).`;
  return (
    `There is no admin token at ${file}: run \`npm start\` first, or set LEDGERDESK_ADMIN_TOKEN, ` +
    'LEDGERDESK_ADMIN_TOKEN_FILE or LEDGERDESK_DATA_DIR.'
  );
}

function checked(token: string, tokenSource: string): Omit<Settings, 'url'> {
  if (token === '') throw noToken(`The admin token from ${tokenSource} is empty.`);
  if (/^[\x21-\x7e]+$/.test(token)) return { token, tokenSource };
  throw noToken(`The admin token from ${tokenSource} must consist of printable ASCII characters without blanks.`);
}

function noToken(message: string): CommandError {
  return new CommandError(message, { code: 'no_admin_token' });
}

function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
