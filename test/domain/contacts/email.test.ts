import { describe, expect, it } from '@jest/globals';
import { cleanEmail, emailKey, isEmail, refusalWithoutAddress } from '../../../domain/contacts/email.ts';

describe('an email address', () => {
  it.each([
    ['a zero-width space', 'ada\u200B@b.example'],
    ['a byte order mark', '\uFEFFada@b.example'],
    ['a soft hyphen', 'ada@b\u00AD.example'],
    ['a mark of the writing direction', '\u202Aada@b.example\u202C'],
  ])('loses %s', (_, email) => {
    expect([cleanEmail(email), emailKey(email), isEmail(email)]).toEqual(['ada@b.example', 'ada@b.example', true]);
  });

  it('is not in the shown reason of a refusal, nor is any other address', () => {
    const reason = 'Email:  info@b_c.example is not properly formatted; see x@y.example';
    expect(refusalWithoutAddress(reason, 'info@b_c.example')).toBe(
      'Email: the address is not properly formatted; see the address',
    );
  });

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
