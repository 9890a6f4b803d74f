import type { Command } from '../command.ts';

/**
 * Defines the command `keys rotate`, which encrypts all credentials and the inputs of all schedules with the first
 * encryption key.
 */
export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'encrypt all credentials again with the first encryption key',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const response = await api<'rotateKeys'>({
      method: 'POST',
      path: ['keys', 'rotate'],
      body: {},
    });
    const text =
      `The credentials of ${response.rotated} connection(s) are now encrypted with key ${response.keyId}. Keep older keys until ` +
      'Temporal has deleted the workflows that used them. Their histories can be read only with these keys.';
    return { json: response, text };
  },
};
