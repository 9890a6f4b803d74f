import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';

const COMMAND = ['--import', 'tsx', 'sandbox/main.ts'];

interface Access {
  readonly zendesk: string;
  readonly dynamics: string;
  readonly entra: string;
  readonly control: string;
}

describe('the sandbox as a command', () => {
  const started: ChildProcess[] = [];

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  const run = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    return child;
  };

  const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
    if (!stdout) throw new Error('unreachable');
    const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
    return line;
  };

  it('prints its addresses as JSON in the first line and shuts down on SIGTERM', async () => {
    const child = run(process.execPath, [...COMMAND, '--seed', 'empty', '--clock-scale', '30', '--lean']);
    const access = JSON.parse(await firstLine(child)) as Access;
    expect(Object.keys(access)).toEqual([
      'zendesk',
      'dynamics',
      'entra',
      'control',
      'zendeskToken',
      'tenantId',
      'clientId',
      'clientSecret',
      'oauthClientId',
      'oauthClientSecret',
    ]);
    expect((await fetch(`${access.dynamics}/data`)).status).toBe(401);
    expect((await fetch(`${access.control}/counts`)).status).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await expect(fetch(`${access.control}/counts`)).rejects.toThrow();
  });

  it('ends with its parent process when --exit-with-parent is given', async () => {
    const script = `require('node:child_process').spawn(process.execPath, ${JSON.stringify([...COMMAND, '--seed', 'empty', '--exit-with-parent'])}, { stdio: ['ignore', 'inherit', 'inherit'] });`;
    const parent = run(process.execPath, ['-e', script]);
    const { control } = JSON.parse(await firstLine(parent)) as Access;
    expect((await fetch(`${control}/counts`)).status).toBe(200);
    const closed = once(parent, 'close');
    parent.kill('SIGKILL');
    await closed;
    await expect(fetch(`${control}/counts`)).rejects.toThrow();
  });

  it('prints its usage and exits with 2 for invalid arguments', async () => {
    for (const args of [
      ['--seed', 'jungle'],
      ['--clock-scale', 'fast'],
      ['--colour'],
      ['--tls-cert', 'x'],
      ['--url', 'zendesk=x'],
    ]) {
      const child = run(process.execPath, [...COMMAND, ...args]);
      const chunks: Buffer[] = [];
      child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
      expect(await once(child, 'close')).toEqual([2, null]);
      expect(Buffer.concat(chunks).toString()).toContain('Usage: sandbox');
    }
  });
});
