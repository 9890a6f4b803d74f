import { Webhook } from 'standardwebhooks';
import type { Alert } from '../domain/operations/health.ts';
import type { Exchange } from './exchange.ts';
import { isBlockedAddress } from './guarded-agents.ts';
import { isSuccess, textMember } from './classify.ts';

/** Says that the receiver did not accept an alert; the message holds neither its address nor what it answered. */
export class AlertNotDeliveredError extends Error {
  override readonly name = 'AlertNotDeliveredError';
}

/** Sends an alert to the operator's receiver; rejects when it was not accepted. */
export type SendAlert = (alert: Alert) => Promise<void>;

/** Where alerts go and how they are signed. */
export interface AlertReceiverOptions {
  /** Checked when the configuration was read. */
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks writes keys; anything else is the key as it stands. */
  readonly secret: string;
  /** Base of the links to what an alert is about; undefined where none is known. */
  readonly publicUrl: string | undefined;
  readonly exchange: Exchange;
  readonly clock?: () => number;
}

const TIMEOUT_MS = 15_000;
/** Only the status of the answer is used. */
const MAX_BYTES = 64 * 1024;

/**
 * Creates the function that sends an alert: one POST, signed as Standard Webhooks says (standardwebhooks.com), with the same id at
 * every attempt. It rejects with an AlertNotDeliveredError unless the answer is 2xx; a redirect is not followed.
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
    const sending = { method: 'POST', url, headers, text, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES } as const;
    const { status } = await exchange(sending, () => undefined).catch((error: unknown) => {
      throw notDelivered(
        isBlockedAddress(error)
          ? 'has a private address, which only a host in LEDGERDESK_ALLOW_HOSTS may have'
          : `gave no answer (${textMember(error, 'code') ?? 'unknown'})`,
      );
    });
    if (!isSuccess(status)) throw notDelivered(`answered ${status}`);
  };
}

function notDelivered(how: string): AlertNotDeliveredError {
  return new AlertNotDeliveredError(
    `The receiver of alerts ${how}. Check that the receiver at LEDGERDESK_ALERT_URL accepts them. The alert is sent again.`,
  );
}

function signerOf(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: 'raw' });
}

/** Returns what is sent: ids, a code and a sentence, of no record and no secret. */
function bodyOf(alert: Alert, publicUrl: string | undefined): object {
  const { connectionId, subject, isFailing, code, message, runId, at } = alert;
  const path = runId === null ? `connections/${connectionId}` : `runs/${encodeURIComponent(runId)}`;
  return {
    type: `${subject}.${isFailing ? 'failed' : 'recovered'}`,
    timestamp: at,
    data: { connectionId, code, message, runId, link: publicUrl === undefined ? null : `${publicUrl}/api/${path}` },
  };
}
