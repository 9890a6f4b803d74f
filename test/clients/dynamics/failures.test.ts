import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, customers } from './kit.ts';

afterEach(closeLoopbacks);

describe('a refusal of F&O', () => {
  const odata = (type: string, message: string): object => ({
    error: {
      code: '',
      message: 'An error has occurred.',
      innererror: {
        message,
        type: `Microsoft.Dynamics.Platform.Integration.Services.OData.${type}`,
        stacktrace: 'at X',
      },
    },
  });
  it.each([
    [{ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Blocked</html>' }, 'unavailable', null],
    [{ status: 401, headers: { 'content-type': 'text/html' }, body: '<html>401</html>' }, 'unauthorized', null],
    [{ status: 401, body: '' }, 'unauthorized', null],
    [
      { status: 400, body: odata('AxODataWriteException', 'Write failed. Infolog: Warning: no.') },
      'refused',
      'AxODataWriteException',
    ],
    [
      { status: 500, body: odata('AxODataFieldValidationException', 'Field validation failed') },
      'refused',
      'AxODataFieldValidationException',
    ],
    [
      {
        status: 400,
        body: odata(
          'AxODataWriteException',
          'Cannot edit a record in X. An update conflict occurred due to another user process',
        ),
      },
      'conflict',
      'AxODataWriteException',
    ],
    [
      {
        status: 400,
        body: {
          error: {
            code: '',
            message: 'x',
            innererror: { message: 'No resources were found when selecting for update.' },
          },
        },
      },
      'missing',
      null,
    ],
    [
      { status: 404, body: { Message: 'No HTTP resource was found that matches the request URI' } },
      'missing',
      'NoRoute',
    ],
    [{ status: 404, body: '' }, 'missing', null],
    [{ status: 412, body: odata('X', 'changed') }, 'conflict', 'X'],
    [{ status: 429, body: { error: { message: 'high resource utilization' } } }, 'limited', null],
    [{ status: 503, headers: { 'retry-after': '9' }, body: '<html></html>' }, 'limited', null],
    [{ status: 503, body: '<html></html>' }, 'unavailable', null],
  ])('%j is read as %s', async (reply, kind, code) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.readRecordsPage(customers));
    expect(failure).toMatchObject({ kind, code });
    expect(failure.detail).not.toBe('An error has occurred.');
  });
});
