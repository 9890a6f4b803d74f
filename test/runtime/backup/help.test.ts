import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');

/** Runs a command as npm does. Returns its exit code and what it wrote to stderr. */
function run(command: 'backup' | 'restore', ...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const all = ['--import', 'tsx', `runtime/backup/${command}.ts`, ...args];
    execFile(process.execPath, all, { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '' } }, (error, _out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said }),
    );
  });
}

describe.each(['backup', 'restore'] as const)('npm run %s', (command) => {
  it('prints its help', async () => {
    for (const option of ['--help', '-h']) {
      const { code, said } = await run(command, option);
      expect(code).toBe(0);
      expect(said).toContain(`npm run ${command} -- FILE`);
    }
  });

  it('does not take an unknown option for a file', async () => {
    const { code, said } = await run(command, '--verbose');
    expect(code).toBe(2);
    expect(said).toContain('There is no option --verbose.');
  });
});
