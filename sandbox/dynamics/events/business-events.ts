import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { createRandom } from '../../core/random.ts';
import type { Outcome, Sender } from '../../core/sender.ts';
import type { Timers } from '../../core/timers.ts';
import type { RowChange } from '../row-table.ts';
import type { DynamicsSettings, RecordKind } from '../settings.ts';
import type { BusinessEvent } from './business-event.ts';
import { businessPayload } from './business-event.ts';
import { dataPayload, messageNameOf, virtualTableOf } from './data-event.ts';
import type { EventDeliveries } from './deliveries.ts';
import { createEventDeliveries } from './deliveries.ts';
import type { Activation, Endpoint, EndpointDraft } from './endpoints.ts';
import { activate } from './endpoints.ts';
import type { EventMessage } from './transports.ts';

/** The Entra object ids of those who make changes. */
export const INITIATORS = {
  /** The app behind the access tokens. */
  app: 'c600136f-2c3b-4d1e-9f7a-5b8c6d7e8f90',
  person: '7d1f3a5b-8c9d-4e0f-a1b2-c3d4e5f60718',
};

/** The events of an environment. */
export interface BusinessEvents {
  readonly deliveries: EventDeliveries;
  endpoints(): Endpoint[];
  /** Registers an endpoint if it accepts the test event, or without a test. */
  register(draft: EndpointDraft, unchecked: boolean): Promise<{ endpoint?: Endpoint; activation: Activation | null }>;
  /** Returns false when there is no such endpoint. */
  unregister(id: number): boolean;
  /** Raises the events of a change for all endpoints that subscribe to it. */
  raise(change: RowChange): void;
  /** Creates a business event and sends it at once, `times` times, without retries. */
  sendNow(endpoint: Endpoint, draft: EventDraft, times: number): Promise<{ event: object; outcomes: Outcome[] }>;
  /** Sets the counter of ControlNumbers back, like a restore of the environment from a backup. */
  restoreNumbers(control: number): void;
  /** While true, changes raise no events. */
  isSilent: boolean;
  /** The object id of the one who makes the next changes. */
  initiator: string;
}

/** A business event that a test writes. */
export interface EventDraft {
  readonly record: RecordKind;
  readonly legalEntity: string;
  readonly key: string;
  readonly changeType?: string;
  /** Members that replace members of the event or its envelope, or are added to it. Null removes a member. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Replaces the whole event. */
  readonly body?: object;
}

/** The dependencies of the events. */
export interface BusinessEventsOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly sender: Sender;
  readonly settings: DynamicsSettings;
}

const KINDS: Readonly<Record<string, RecordKind>> = {
  CustomersV3: 'customer',
  VendorsV2: 'vendor',
  ContactPersons: 'contact',
};

const CHANGE_TYPES = { created: 'Insert', updated: 'Update', deleted: 'Delete' };

/** Creates the events of an environment without endpoints. */
export function createBusinessEvents(options: BusinessEventsOptions): BusinessEvents {
  const { clock, sender, settings } = options;
  const random = createRandom(97);
  const endpoints = new Map<number, Endpoint>();
  const deliveries = createEventDeliveries({ ...options, random, isActive: ({ id }) => endpoints.has(id) || id === 0 });
  let lastId = 0;
  let control = 5_637_144_576;
  /** Increases with gaps, like ControlNumber in F&O. */
  const nextControl = (): number => {
    const number = (control += 1);
    control += Math.floor(random() * 7);
    return number;
  };
  const eventOf = (
    { record, legalEntity, key, changeType = 'Update' }: EventDraft,
    initiator: string,
  ): BusinessEvent => {
    const names = settings.eventCatalog[record];
    return {
      businessEventId: names.id,
      legalEntity,
      eventId: randomUUID().toUpperCase(),
      controlNumber: nextControl(),
      at: clock.now(),
      initiator,
      members: { [names.key]: key, [names.legalEntity]: legalEntity, ChangeType: changeType },
    };
  };
  const events: BusinessEvents = {
    deliveries,
    isSilent: false,
    initiator: INITIATORS.person,
    endpoints: () => [...endpoints.values()],
    register: async (draft, unchecked) => {
      const activation = unchecked ? null : await activate(draft, sender, settings);
      if (activation?.accepted === false) return { activation };
      lastId += 1;
      const endpoint = { ...draft, id: lastId };
      endpoints.set(lastId, endpoint);
      return { endpoint, activation };
    },
    unregister: (id) => endpoints.delete(id),
    restoreNumbers: (number) => {
      control = number - 1;
    },
    raise: (change) => {
      const record = KINDS[change.table.type.entitySet];
      const subscribed = [...endpoints.values()].filter((endpoint) => record && isSubscribed(endpoint, record, change));
      if (events.isSilent || !record || subscribed.length === 0) return;
      const { company: legalEntity, key } = change.row;
      const draft = { record, legalEntity, key, changeType: CHANGE_TYPES[change.kind] };
      const business = businessMessage(eventOf(draft, events.initiator));
      const data = dataMessage(change, { at: clock.now(), initiator: events.initiator, settings });
      for (const endpoint of subscribed)
        deliveries.dispatch(endpoint, endpoint.payload === 'business' ? business : data);
    },
    sendNow: async (endpoint, draft, times) => {
      const message = businessMessage(eventOf(draft, events.initiator));
      const members = { ...message.payload, ...draft.members };
      const kept = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
      const payload = draft.body ?? kept;
      const copies = Array.from({ length: times }, () => deliveries.sendNow(endpoint, { ...message, payload }));
      return { event: payload, outcomes: await Promise.all(copies) };
    },
  };
  return events;
}

function isSubscribed({ records, legalEntities }: Endpoint, record: RecordKind, { row }: RowChange): boolean {
  const isOfCompany = legalEntities?.some((company) => company.toLowerCase() === row.company) ?? true;
  return isOfCompany && (records?.includes(record) ?? true);
}

function businessMessage(event: BusinessEvent): EventMessage {
  const { eventId, businessEventId, at } = event;
  return { id: eventId, type: businessEventId, at, payload: businessPayload(event), headers: {} };
}

interface DataEventContext {
  readonly at: Date;
  readonly initiator: string;
  readonly settings: DynamicsSettings;
}

function dataMessage(change: RowChange, { at, initiator, settings }: DataEventContext): EventMessage {
  const headers = {
    'x-ms-dynamics-organization': 'org1a2b3c4d.crm.dynamics.com',
    'x-ms-dynamics-entity-name': virtualTableOf(change.table),
    'x-ms-dynamics-request-name': messageNameOf(change),
  };
  const payload = dataPayload({ change, at, initiator }, settings);
  return { id: randomUUID(), type: messageNameOf(change), at, payload, headers };
}
