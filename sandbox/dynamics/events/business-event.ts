/** A business event. It may be sent several times and to several endpoints. */
export interface BusinessEvent {
  readonly businessEventId: string;
  readonly legalEntity: string;
  readonly eventId: string;
  readonly controlNumber: number;
  readonly at: Date;
  /** The Entra object id of the user or app that made the change. */
  readonly initiator: string;
  /** The members of the event's own contract. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Returns the flat JSON object that an endpoint receives: envelope and contract mixed, keys in alphabetical order (live
 * samples).
 */
export function businessPayload(event: BusinessEvent): Readonly<Record<string, unknown>> {
  const { businessEventId, legalEntity, eventId, controlNumber, at, initiator, members } = event;
  return sorted({
    ...members,
    BusinessEventId: businessEventId,
    BusinessEventLegalEntity: controlNumber % 2 === 0 ? legalEntity.toUpperCase() : legalEntity.toLowerCase(),
    ContextRecordSubject: '',
    ControlNumber: controlNumber,
    EventId: eventId,
    EventTime: `/Date(${Math.floor(at.getTime() / 1000) * 1000})/`,
    EventTimeIso8601: at.toISOString().replace(/Z$/, '4655Z'),
    InitiatingUserAADObjectId: `{${initiator.toUpperCase()}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
  });
}

/** Returns the test event that an endpoint receives when it is activated, with the schema's empty values. */
export function testPayload(memberNames: readonly string[]): Readonly<Record<string, unknown>> {
  return sorted({
    ...Object.fromEntries(memberNames.map((name) => [name, ''])),
    BusinessEventId: '',
    BusinessEventLegalEntity: '',
    ContextRecordSubject: '',
    ControlNumber: 0,
    EventId: '',
    EventTime: '/Date(-2208988800000)/',
    EventTimeIso8601: '1900-01-01T00:00:00Z',
    InitiatingUserAADObjectId: '{00000000-0000-0000-0000-000000000000}',
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: null,
  });
}

function sorted(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
