import { describe, expect, it } from '@jest/globals';
import { createLog } from '../../runtime/log.ts';
import type { LogOptions, LogSetup } from '../../runtime/log.ts';

function logTo(lines: string[], options: Partial<LogOptions> = {}): LogSetup {
  return createLog({ level: 'info', pretty: false, write: (line) => lines.push(line), ...options });
}

describe('createLog', () => {
  it('writes one JSON line per entry, with level, time and process by name', () => {
    const lines: string[] = [];
    logTo(lines, { process: 'api' }).log.info({ url: 'http://127.0.0.1:1' }, 'listening');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      process: 'api',
      url: 'http://127.0.0.1:1',
      msg: 'listening',
    });
  });

  it('scrubs known secrets, also those learnt later, in every form they may take', () => {
    const lines: string[] = [];
    const { log, protect } = logTo(lines, { secrets: ['tok"en/1'] });
    protect('learnt later');
    log.info({ a: 'tok"en/1', b: `?t=${encodeURIComponent('tok"en/1')}` }, 'learnt later');
    expect(lines[0]).not.toMatch(/tok\\?"en|tok%22|learnt later/);
    expect(lines[0]?.match(/\[redacted\]/g)).toHaveLength(3);
  });

  it('keeps of an error what it says, not what it carries', () => {
    const lines: string[] = [];
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', headers: { authorization: 'Bearer x' } });
    logTo(lines).log.error({ err: error }, 'failed');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' },
    });
    expect(lines[0]).not.toContain('Bearer');
  });

  it('writes short lines for people when pretty', () => {
    const lines: string[] = [];
    const { log } = logTo(lines, { pretty: true, process: 'api' });
    log.info({ url: 'http://x', n: 2 }, 'listening');
    log.warn('slow');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d api: listening url=http:\/\/x n=2\n$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d WARN api: slow\n$/);
  });
});
