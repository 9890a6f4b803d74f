import type { Command } from '../command.ts';

/** `keys rotate`: seals all credentials under the first encryption key. */
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
    const text = `${answer.rotated} connection(s) were sealed anew under key ${answer.keyId}; older keys are no longer needed.`;
    return { json: answer, text };
  },
};
