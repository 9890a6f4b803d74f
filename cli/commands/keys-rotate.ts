import type { Command } from '../command.ts';

/** `keys rotate`: seals all credentials under the first encryption key, and what the schedules start. */
export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'seal all credentials anew under the first encryption key',
  positionals: [],
  options: {},
  async run(_parsed, { openApi }) {
    const api = await openApi();
    const answer = await api<{ rotated: number; keyId: string }>({
      method: 'POST',
      path: ['keys', 'rotate'],
      body: {},
    });
    const text =
      `${answer.rotated} connection(s) were sealed anew under key ${answer.keyId}. Keep older keys until Temporal has ` +
      'forgotten the runs of their time: their histories are read with them.';
    return { json: answer, text };
  },
};
