import { afterEach, describe, expect, it } from '@jest/globals';
import { at, runZendesk, type RunningZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;

afterEach(() => zendesk.close());

describe.each([
  ['refuse', 403],
  ['ignore', 200],
] as const)('tagging that is off and would %s', (tagging, status) => {
  it('keeps no tag of any write, and says so in the settings unless they are hidden', async () => {
    zendesk = await runZendesk({ tagging });
    const created = await zendesk.send('POST', 'organizations', { body: { organization: { name: 'A', tags: ['x'] } } });
    expect([created.status, at(created.body, 'organization', 'tags')]).toEqual([201, []]);
    const path = `organizations/${String(at(created.body, 'organization', 'id'))}/tags`;
    expect((await zendesk.send('PUT', path, { body: { tags: ['x'] } })).status).toBe(status);
    expect((await zendesk.send('GET', path)).body).toEqual({ tags: [] });
    const user = await zendesk.send('POST', 'users', { body: { user: { name: 'U', tags: ['x'] } } });
    expect(at(user.body, 'user', 'tags')).toEqual([]);
    expect(at((await zendesk.send('GET', 'account/settings')).body, 'settings', 'user', 'tagging')).toBe(false);
    zendesk.server.settings.taggingShown = false;
    const shown = await zendesk.send('GET', 'account/settings');
    expect(at(shown.body, 'settings', 'user')).not.toHaveProperty('tagging');
  });
});
