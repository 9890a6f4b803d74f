import type { Command } from '../command.ts';

/** `codec`: prints the address at which a Web UI has payloads decoded. */
export const codec: Command = {
  name: 'codec',
  summary: 'print the codec endpoint for the Temporal Web UI; it is a secret',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const answer = await api<'showCodec'>({
      method: 'GET',
      path: ['codec'],
    });
    const now = answer.encrypts
      ? `Payloads are encrypted under key ${answer.keyId}.`
      : 'Payloads are not encrypted: that takes LEDGERDESK_ENCRYPTION_KEYS, not the generated key.';
    return {
      json: answer,
      text: answer.endpoint,
      hint: `${now} Whoever has this address reads what is encrypted; it changes with the first encryption key.`,
    };
  },
};
