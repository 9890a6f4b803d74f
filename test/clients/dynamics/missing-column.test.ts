import { describe, expect, it } from '@jest/globals';
import { missingColumnIn } from '../../../clients/dynamics/missing-column.ts';

describe('the column that a message of F&O names', () => {
  it('is taken from its sentence, with the entity', () => {
    const message =
      "The query specified in the URI is not valid. Could not find a property named 'PersonLastNamePrefix' on type 'Microsoft.Dynamics.DataEntities.CustomerV3'.";
    expect(missingColumnIn(message)).toEqual({ column: 'PersonLastNamePrefix', type: 'CustomerV3' });
  });

  it.each([
    "Could not find a property named 'John Smith' on type 'Person'.",
    'Could not find a property named Name on type Person.',
    "Update not allowed for field 'Name'.",
  ])('is nothing else than names of a schema: %s', (message) => {
    expect(missingColumnIn(message)).toBeUndefined();
  });
});
