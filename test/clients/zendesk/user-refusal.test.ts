import { describe, expect, it } from '@jest/globals';
import { userRefusalOf } from '../../../clients/zendesk/user-refusal.ts';

describe('a refusal of a user', () => {
  it.each([
    ['email: Email: monica@example.com is already being used by another user (DuplicateValue)', 'email'],
    ['Email:  monica@example.com is already being used by another user', 'email'],
    ['Value: Monica.External@user.example is already being used by another user', 'email'],
    ['Email has already been taken', 'email'],
    ['external_id: External has already been taken (DuplicateValue)', 'external_id'],
    ['External has already been taken', 'external_id'],
    ['External Id: usmf:000 1 has already been taken', 'external_id'],
    ['External has already been taken Email:  a@b.example is already being used by another user', 'external_id'],
    [
      'email: Email: a@b.example is already being used by another user; external_id: External has already been taken',
      'external_id',
    ],
    ['user_id: User: has already been taken (DuplicateValue)', 'membership'],
    ['User:  has already been taken', 'membership'],
    ['User is already a member of this organization', 'membership'],
    ['base: A user can belong to one organization only on this account (InvalidValue)', 'single_organization'],
    ['This account does not allow multiple organizations', 'single_organization'],
    ['Phone: +1 425 555 0100 is already being used by another user', 'other'],
    ['email: Email: one@organization is not properly formatted (InvalidFormat)', 'email_refused'],
    ['Email: info@contoso_ltd.example.com is not properly formatted', 'email_refused'],
    ['Email:  a@b.example cannot be used', 'email_refused'],
    ['value: Value: a@b.example is not properly formatted (InvalidFormat)', 'email_refused'],
    ['Identity: is invalid', 'email_refused'],
    ['Name: is too short; Email: a@b.example is invalid', 'email_refused'],
    ['erp_city: Value is too long', 'other'],
    ['Name cannot be blank', 'other'],
    ['UserCreateError', 'other'],
    ['Record not found', 'other'],
    ['', 'other'],
    [null, 'other'],
  ])('with the text "%s" has the reason %s', (text, refusal) => {
    expect(userRefusalOf(text)).toBe(refusal);
  });
});
