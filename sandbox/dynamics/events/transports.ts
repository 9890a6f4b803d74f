import { randomUUID } from 'node:crypto';

/** The transport of an endpoint's events. */
export type Transport = 'https' | 'event-grid' | 'cloud-events';

/** An event that is ready to be sent. */
export interface EventMessage {
  readonly id: string;
  /** The id of the business event, or the message name of the data event. */
  readonly type: string;
  readonly at: Date;
  readonly payload: object;
  /** The headers that Dataverse adds to its own webhooks. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The body and the headers of a request. */
export interface RequestContent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TOPIC =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/sandbox/providers/Microsoft.EventGrid/topics/erp';

/**
 * Returns the request for an event in the format of its transport: flat, in an Event Grid array, or as one CloudEvent.
 */
export function wrap(
  transport: Transport,
  { id, type, at, payload, headers }: EventMessage,
  deliveryCount: number,
): RequestContent {
  const eventTime = at.toISOString();
  switch (transport) {
    case 'https':
      return json(payload, { ...headers });
    case 'event-grid': {
      const versions = { dataVersion: '1.0', metadataVersion: '1' };
      const event = { id, topic: TOPIC, subject: type, eventType: type, eventTime, data: payload, ...versions };
      return json([event], gridHeaders('Notification', deliveryCount));
    }
    case 'cloud-events': {
      const event = { specversion: '1.0', type, source: TOPIC, id, time: eventTime, subject: type };
      const whole = { ...event, datacontenttype: 'application/json', data: payload };
      const type_ = 'application/cloudevents+json; charset=utf-8';
      return { body: JSON.stringify(whole), headers: { 'Content-Type': type_ } };
    }
    default:
      return transport satisfies never;
  }
}

/** Returns the validation request of a new Event Grid subscription. A receiver must never fetch `validationUrl`. */
export function validationRequest(code: string, url: string): RequestContent {
  const data = { validationCode: code, validationUrl: url };
  const event = {
    id: randomUUID(),
    topic: TOPIC,
    subject: '',
    data,
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date().toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  return json([event], gridHeaders('SubscriptionValidation', 0));
}

function gridHeaders(type: string, deliveryCount: number): Readonly<Record<string, string>> {
  return {
    'aeg-event-type': type,
    'aeg-subscription-name': 'SANDBOX',
    'aeg-delivery-count': String(deliveryCount),
    'aeg-data-version': '1.0',
    'aeg-metadata-version': '1',
  };
}

function json(value: object, headers: Readonly<Record<string, string>>): RequestContent {
  return { body: JSON.stringify(value), headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } };
}
