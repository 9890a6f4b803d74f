import { afterEach, expect, it } from '@jest/globals';
import { runZendesk, type RunningZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;

afterEach(() => zendesk.close());

it('refuses addresses that are not ASCII, have an invisible character, or have an underscore in the domain', async () => {
  zendesk = await runZendesk();
  const create = (email: string) => zendesk.send('POST', 'users', { body: { user: { name: 'Ada', email } } });
  for (const email of [
    'info@contoso_ltd.example.com',
    'info@bücher.example',
    'ada\u200B@b.example',
    '"li wei"@b.example',
  ])
    expect([email, (await create(email)).status]).toEqual([email, 422]);
  for (const email of ["o'neil+erp@sub.b.example", 'a_b@xn--bcher-kva.example'])
    expect([email, (await create(email)).status]).toEqual([email, 201]);
});
