import { afterEach, expect, it } from '@jest/globals';
import { at, runZendesk, type RunningZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;

afterEach(() => zendesk.close());

it('makes a phone number of an update a further identity, and keeps the phone', async () => {
  zendesk = await runZendesk({ phoneUpdates: 'identity', userUpdatesPerSecond: 10 });
  const { id } = zendesk.server.state.seedUser({ name: 'Ada', phone: '+49 1' });
  for (const phone of ['+49 2', '+49 2', '+49 1']) {
    const { status, body } = await zendesk.send('PUT', `users/${id}`, { body: { user: { phone } } });
    expect([status, at(body, 'user', 'phone')]).toEqual([200, '+49 1']);
  }
  const { body } = await zendesk.send('GET', `users/${id}/identities`);
  expect(body['identities']).toMatchObject([{ type: 'phone_number', value: '+49 2' }]);
});

it('collapses the blanks of names', async () => {
  zendesk = await runZendesk({ collapsesBlanks: true });
  const { body } = await zendesk.send('POST', 'organizations', { body: { organization: { name: 'A   B' } } });
  expect(at(body, 'organization', 'name')).toBe('A B');
});
