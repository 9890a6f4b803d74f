import { Webhook } from 'standardwebhooks';
import { alertType, type Alert } from '../domain/operations/health.ts';
import type { Exchange } from './exchange.ts';
import { isBlockedAddress } from './guarded-agents.ts';
import { isSuccess, textMember } from './classify.ts';

/** The failure to deliver an alert. Its message contains neither the receiver's URL nor the body of its response. */
export class AlertNotDeliveredError extends Error {
  override readonly name = 'AlertNotDeliveredError';
}

/** Sends an alert to the operator's receiver. Rejects when the receiver does not accept it. */
export type SendAlert = (alert: Alert) => Promise<void>;

/** The address of the receiver of alerts, and the key that signs them. */
export interface AlertReceiverOptions {
  /** An absolute URL. The configuration has validated it. */
  readonly url: string;
  /** Either `whsec_` and base64, the format of Standard Webhooks, or the key itself. */
  readonly secret: string;
  /** Base URL of the links in alerts. Alerts have no link when it is undefined. */
  readonly publicUrl: string | undefined;
  readonly exchange: Exchange;
  readonly clock?: () => number;
}

const TIMEOUT_MS = 15_000;
/** Small, since only the status of the response is used. */
const MAX_BYTES = 64 * 1024;

/**
 * Creates the function that sends an alert: one POST, signed according to Standard Webhooks (standardwebhooks.com),
 * with the same id at every attempt. It does not follow redirects. Rejects with an AlertNotDeliveredError unless the
 * response is 2xx.
 */
export function createAlertReceiver(options: AlertReceiverOptions): SendAlert {
  const { url, publicUrl, exchange, clock = Date.now } = options;
  const webhook = signerOf(options.secret);
  return async (alert) => {
    const text = JSON.stringify(bodyOf(alert, publicUrl));
    const sentAt = new Date(clock());
    const headers = {
      'webhook-id': alert.id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
      'webhook-signature': webhook.sign(alert.id, sentAt, text),
    };
    const request = { method: 'POST', url, headers, text, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES } as const;
    const { status } = await exchange(request, () => undefined).catch((error: unknown) => {
      throw notDelivered(
        isBlockedAddress(error)
          ? 'has a private address. If that is intended, add its host to LEDGERDESK_ALLOW_HOSTS'
          : `did not respond (${textMember(error, 'code') ?? 'unknown'})`,
      );
    });
    if (!isSuccess(status)) throw notDelivered(`responded with ${status}`);
  };
}

function notDelivered(reason: string): AlertNotDeliveredError {
  return new AlertNotDeliveredError(
    `The receiver of alerts ${reason}. Check LEDGERDESK_ALERT_URL and the receiver. Ledgerdesk sends the alert again.`,
  );
}

function signerOf(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: 'raw' });
}

/** Returns the body of the request. It contains no data of a record and no secret. */
function bodyOf(alert: Alert, publicUrl: string | undefined): object {
  const { connectionId, code, message, runId, at } = alert;
  const path = runId === null ? `connections/${connectionId}` : `runs/${encodeURIComponent(runId)}`;
  return {
    type: alertType(alert),
    timestamp: at,
    data: { connectionId, code, message, runId, link: publicUrl === undefined ? null : `${publicUrl}/api/${path}` },
  };
}
