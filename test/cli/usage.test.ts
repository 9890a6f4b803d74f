import { describe, expect, it } from '@jest/globals';
import { runCommandLine } from '../../cli/command-line.ts';
import { COMMANDS } from '../../cli/commands.ts';
import { runCli } from './run-cli.ts';

const nowhere = {
  env: {},
  openApi: () => Promise.reject(new Error('the API was asked')),
  terminal: { write: () => true },
};
const run = (line: string) => runCommandLine(line === '' ? [] : line.split(' '), nowhere);

describe('the program itself', () => {
  it('prints its usage for --help and exits 0', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name } of COMMANDS) expect(stdout).toContain(`  ${name}`);
  });

  it('exits 2 with the usage on stderr for an unknown command', async () => {
    const { code, stdout, stderr } = await runCli(['synchronize', 'contoso']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('"synchronize contoso" is not a command.');
    expect(stderr).toContain('Usage: ledgerdesk COMMAND');
  });
});

describe('a command line', () => {
  it.each([
    ['', 'A command is missing.'],
    ['connection', 'A command is missing.'],
    ['connection frobnicate', '"connection frobnicate" is not a command.'],
    ['connection apply', 'FILE is missing.'],
    ['sync', 'ID is missing.'],
    ['sync contoso --fast', '--fast'],
    ['sync contoso --legal-entity', '--legal-entity'],
    ['sync contoso --legal-entity=', '--legal-entity needs a value.'],
    ['sync contoso --wait=yes', '--wait'],
    ['run', 'RUN is missing.'],
    ['run one two', 'Unexpected argument "two".'],
    ['runs contoso --limit 0', '--limit must be a whole number, at least 1.'],
    ['records contoso --limit 1.5', '--limit must be a whole number, at least 1.'],
    ['events', 'ID is missing.'],
    ['support contoso now', 'Unexpected argument "now".'],
    ['schedule contoso stop', '"stop" is not valid here. Use one of: pause, resume.'],
    ['schedule contoso pause resume', 'Unexpected argument "resume".'],
    ['schedule contoso --every 59s', '--every must be a whole number followed by s, m, h or d, from 1m to 7d.'],
    ['schedule contoso --every 8d', '--every must be a whole number followed by s, m, h or d, from 1m to 7d.'],
    ['schedule contoso --every 15', '--every must be a whole number followed by s, m, h or d, from 1m to 7d.'],
  ])('that reads "%s" is a usage mistake, exit 2, before the API is asked', async (line, message) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: ledgerdesk');
  });

  it('with --json puts a usage mistake on stdout as a document too', async () => {
    const { exitCode, stdout } = await run('run --json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'usage', message: 'RUN is missing.' } });
  });

  it.each(COMMANDS.map(({ name }) => name))('of "%s" has a help, which needs no arguments', async (name) => {
    const { exitCode, stdout } = await run(`${name} --help`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: ledgerdesk ${name}`);
  });

  it('shows the words that may follow the arguments', async () => {
    const { stdout } = await run('schedule --help');
    expect(stdout).toContain('Usage: ledgerdesk schedule ID [--every T] [pause] [resume]');
  });

  it('shows a group of commands for the help of its word', async () => {
    const { exitCode, stdout } = await run('connection --help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('connection apply FILE');
    expect(stdout).not.toContain('retry ID');
  });
});
