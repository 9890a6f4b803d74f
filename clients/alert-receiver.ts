import { Webhook } from 'standardwebhooks';
import type { Alert } from '../domain/operations/health.ts';
import { AlertNotTaken } from './alert-not-taken.ts';
import type { Exchange } from './exchange.ts';
import { isBlockedAddress } from './guarded-agents.ts';
import { isSuccess, textMember } from './classify.ts';

/** Tells the operator an alert; rejects when it was not taken. */
export type TellOperator = (alert: Alert) => Promise<void>;

/** Where alerts go and how they are signed. */
export interface AlertReceiverOptions {
  /** Judged when the configuration was read. */
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks writes keys; anything else is the key as it stands. */
  readonly secret: string;
  /** Base of the links to what an alert is about; undefined where none is known. */
  readonly publicUrl: string | undefined;
  readonly exchange: Exchange;
  readonly clock?: () => number;
}

const TIMEOUT_MS = 15_000;
/** Nothing is read of the answer but its status. */
const MAX_BYTES = 64 * 1024;

/**
 * Makes the way in which an alert is told: one POST, signed as Standard Webhooks says (standardwebhooks.com), its id the same
 * at every attempt. Rejects with AlertNotTaken unless the answer is 2xx; a redirect is not followed.
 */
export function createAlertReceiver(options: AlertReceiverOptions): TellOperator {
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
      throw notTaken(
        isBlockedAddress(error)
          ? 'has a private address, which only a host in LEDGERDESK_ALLOW_HOSTS may have'
          : `gave no answer (${textMember(error, 'code') ?? 'unknown'})`,
      );
    });
    if (!isSuccess(status)) throw notTaken(`answered ${status}`);
  };
}

function notTaken(how: string): AlertNotTaken {
  return new AlertNotTaken(
    `The receiver of alerts ${how}: see that what stands behind LEDGERDESK_ALERT_URL takes them. The alert is tried again.`,
  );
}

function signerOf(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: 'raw' });
}

/** What is sent: ids, a code and a sentence, of no record and no secret. */
function bodyOf(alert: Alert, publicUrl: string | undefined): object {
  const { connectionId, subject, isFailing, code, message, runId, at } = alert;
  const path = runId === null ? `connections/${connectionId}` : `runs/${encodeURIComponent(runId)}`;
  return {
    type: `${subject}.${isFailing ? 'failed' : 'recovered'}`,
    timestamp: at,
    data: { connectionId, code, message, runId, link: publicUrl === undefined ? null : `${publicUrl}/api/${path}` },
  };
}
