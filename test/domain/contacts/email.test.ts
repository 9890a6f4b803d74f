import { describe, expect, it } from '@jest/globals';
import { emailKey, isEmail } from '../../../domain/contacts/email.ts';

describe('an email address', () => {
  it('is the same in any case and with blanks around it', () => {
    expect(emailKey(' Maya.Laurent@Lamna.Example ')).toBe('maya.laurent@lamna.example');
  });

  it.each(['a@b.example', ' a@b.example ', "o'neil+erp@sub.b.example", 'élodie@b.example'])(
    'can be sent: %s',
    (email) => {
      expect(isEmail(email)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    'none at present',
    '+1 425 555 0100',
    'a@b',
    '@b.example',
    'a@.example',
    'a@b.example.',
    'a@b..example',
    'a@b@c.example',
    'a b@c.example',
    'a@b.example; c@d.example',
    'a@b.example,c@d.example',
    'Ada <a@b.example>',
    'mailto:a@b.example',
    `${'a'.repeat(250)}@b.example`,
  ])('cannot be sent: %s', (email) => {
    expect(isEmail(email)).toBe(false);
  });
});
