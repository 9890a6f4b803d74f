import type { Command } from '../command.ts';

/** `keys rotate`: seals all credentials under the first encryption key, and what the schedules start. */
export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'seal all credentials again under the first encryption key',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const answer = await api<'rotateKeys'>({
      method: 'POST',
      path: ['keys', 'rotate'],
      body: {},
    });
    const text =
      `${answer.rotated} connection(s) were sealed again under key ${answer.keyId}. Keep older keys until Temporal has ` +
      'deleted the workflows of their time, since their histories are read with them.';
    return { json: answer, text };
  },
};
