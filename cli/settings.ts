import { join } from 'node:path';
import { InvalidTextError } from './decode-text.ts';
import { CommandError } from './failures.ts';
import { readTextFile, SAVE_AS_UTF_8 } from './read-text-file.ts';

/** The address of the admin API and the token for it. */
export interface Settings {
  /** The base URL without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** The setting or file that the token came from, for the error message if the API rejects the token. */
  readonly tokenSource: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Reads the settings from the environment. Throws `CommandError` if a setting is missing or not valid. */
export async function readSettings(env: Env): Promise<Settings> {
  return { url: readUrl(nonEmpty(env['LEDGERDESK_URL']) ?? DEFAULT_URL), ...(await readToken(env)) };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isBase || url.search !== '' || url.hash !== '') {
    throw new CommandError(
      'LEDGERDESK_URL must be an http or https URL without credentials or query, such as http://127.0.0.1:8080.',
      {
        code: 'bad_url',
      },
    );
  }
  return url.href.replace(/\/+$/, '');
}

async function readToken(env: Env): Promise<Omit<Settings, 'url'>> {
  const plain = nonEmpty(env['LEDGERDESK_ADMIN_TOKEN']);
  const file = nonEmpty(env['LEDGERDESK_ADMIN_TOKEN_FILE']);
  if (plain !== undefined && file !== undefined) {
    throw noToken('LEDGERDESK_ADMIN_TOKEN and LEDGERDESK_ADMIN_TOKEN_FILE are both set. Set only one of them.');
  }
  if (plain !== undefined) return checkToken(plain, 'LEDGERDESK_ADMIN_TOKEN');
  if (file !== undefined)
    return checkToken(await readTokenFile(file, unreadableMessage), 'LEDGERDESK_ADMIN_TOKEN_FILE');
  const generated = join(nonEmpty(env['LEDGERDESK_DATA_DIR']) ?? '.ledgerdesk', 'admin-token');
  return checkToken(await readTokenFile(generated, notGeneratedMessage), generated);
}

async function readTokenFile(file: string, messageOf: (file: string, code: string) => string): Promise<string> {
  try {
    return (await readTextFile(file)).trim();
  } catch (error) {
    if (error instanceof InvalidTextError) throw noToken(`The file ${file} ${error.message}. ${SAVE_AS_UTF_8}.`);
    throw noToken(messageOf(file, (error as NodeJS.ErrnoException).code ?? 'unreadable'));
  }
}

function unreadableMessage(file: string, code: string): string {
  return `The file ${file} in LEDGERDESK_ADMIN_TOKEN_FILE cannot be read (${code}).`;
}

function notGeneratedMessage(file: string, code: string): string {
  if (code !== 'ENOENT') return `The file ${file} with the generated admin token cannot be read (${code}).`;
  return (
    `There is no admin token at ${file}. Run \`npm start\` first, or set LEDGERDESK_ADMIN_TOKEN, ` +
    'LEDGERDESK_ADMIN_TOKEN_FILE or LEDGERDESK_DATA_DIR.'
  );
}

function checkToken(token: string, tokenSource: string): Omit<Settings, 'url'> {
  if (token === '') throw noToken(`The admin token from ${tokenSource} is empty.`);
  if (/^[\x21-\x7e]+$/.test(token)) return { token, tokenSource };
  throw noToken(`The admin token from ${tokenSource} must consist of printable ASCII characters without spaces.`);
}

function noToken(message: string): CommandError {
  return new CommandError(message, { code: 'no_admin_token' });
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
