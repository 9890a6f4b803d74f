import { describe, expect, it } from '@jest/globals';
import { annotationLines, changedFields, type Annotation } from '../../../domain/support/annotation.ts';

const ANNOTATION: Annotation = {
  load: {
    open: 4,
    pending: 2,
    onHold: 1,
    urgent: 3,
    contactsWithOpen: 2,
    oldestOpenSince: '2026-01-31',
    lastActivityAt: '2026-02-28',
    satisfaction: { good: 5, bad: 1 },
  },
  status: 'escalated',
  organizationUrl: 'https://contoso.zendesk.com/agent/organizations/77',
};

const QUIET: Annotation = {
  ...ANNOTATION,
  load: { ...ANNOTATION.load, open: 0, urgent: 0, contactsWithOpen: 0, oldestOpenSince: null, lastActivityAt: null },
  status: 'quiet',
};

describe('the lines of an annotation', () => {
  it('say everything in plain digits and days', () => {
    expect(annotationLines(ANNOTATION)).toEqual([
      'Status: escalated',
      'Open: 4 (urgent: 3), pending: 2, on hold: 1',
      'Contacts with open tickets: 2',
      'Oldest open since: 2026-01-31',
      'Last activity: 2026-02-28',
      'Satisfaction: 5 good, 1 bad',
      'https://contoso.zendesk.com/agent/organizations/77',
    ]);
    expect(annotationLines(QUIET)).toEqual(expect.arrayContaining(['Oldest open since: none', 'Last activity: none']));
  });
});

describe('typed fields', () => {
  const FIELDS = { openTickets: 'AbcOpen', status: 'AbcStatus', oldestOpenSince: 'AbcOldest' };

  it('change only where they differ', () => {
    const present = { AbcOpen: 4, AbcStatus: 'quiet', AbcOldest: '2026-01-31' };
    expect(changedFields(ANNOTATION, FIELDS, present)).toEqual({ AbcStatus: 'escalated' });
    expect(changedFields(ANNOTATION, FIELDS, { ...present, AbcStatus: 'escalated' })).toEqual({});
    expect(changedFields(ANNOTATION, FIELDS, { AbcOpen: null, AbcStatus: null, AbcOldest: null })).toEqual({
      AbcOpen: 4,
      AbcStatus: 'escalated',
      AbcOldest: '2026-01-31',
    });
  });

  it('hold a day at noon where they hold dates, and the ERP’s own "no date" where there is none', () => {
    const field = { oldestOpenSince: 'AbcOldest' };
    const at = (annotation: Annotation, held: string) => changedFields(annotation, field, { AbcOldest: held });
    expect(at(ANNOTATION, '1900-01-01T00:00:00Z')).toEqual({ AbcOldest: '2026-01-31T12:00:00Z' });
    expect(at(ANNOTATION, '2026-01-31T12:00:00Z')).toEqual({});
    expect(at(QUIET, '2026-01-31T12:00:00Z')).toEqual({ AbcOldest: '1900-01-01T00:00:00Z' });
    expect(at(QUIET, '1900-01-01T00:00:00Z')).toEqual({});
  });

  it('of an unknown name are left alone', () => {
    expect(changedFields(ANNOTATION, { weather: 'AbcWeather' }, { AbcWeather: 'rain' })).toEqual({});
  });
});
