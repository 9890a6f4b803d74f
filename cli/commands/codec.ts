import type { Command } from '../command.ts';

/** Defines the command `codec`, which prints the codec endpoint for the Temporal Web UI. */
export const codec: Command = {
  name: 'codec',
  summary: 'print the codec endpoint for the Temporal Web UI; the URL is a secret',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const response = await api<'showCodec'>({
      method: 'GET',
      path: ['codec'],
    });
    const state = response.encrypts
      ? `Payloads are encrypted under key ${response.keyId}.`
      : 'Payloads are not encrypted. To encrypt them, set LEDGERDESK_ENCRYPTION_KEYS. The generated key does not encrypt payloads.';
    return {
      json: response,
      text: response.endpoint,
      hint: `${state} Keep this URL secret: everyone who has it can decrypt payloads. It changes with the first encryption key.`,
    };
  },
};
