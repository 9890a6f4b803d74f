import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { deriveKey, seal, SealError, unseal, type KeyRing, type NamedKey } from '../../store/connection/sealing.ts';
import { createSecret, type Secret } from '../config/secret.ts';

/** The encoding by which Temporal's own tools and samples know an encrypted payload; its metadata names the key beside it. */
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** How payloads are kept in Temporal: what the client, the workers and the codec endpoint share. */
export interface PayloadEncryption {
  /** Encrypts when that is on, and always reads what is encrypted under any of the keys; what is not encrypted it lets pass. */
  readonly codec: PayloadCodec;
  readonly isOn: boolean;
  /** The key that encrypts. */
  readonly keyId: string;
  /** Opens the codec endpoint to whoever has it. Derived from the first key, so a new first key puts an end to it. */
  readonly capability: Secret;
}

/**
 * Builds the encryption of payloads. `isOn` is for keys that an operator configured: with generated ones payloads stay
 * readable. Under each key of the ring one is derived, so that no payload is sealed with the key of credentials.
 */
export function createPayloadEncryption(keys: KeyRing, { isOn }: { isOn: boolean }): PayloadEncryption {
  const writer = payloadKey(keys[0]);
  const readers = new Map(keys.map((key) => [key.id, payloadKey(key)]));
  return {
    codec: {
      encode: inTurn((payload) => (isOn ? encrypt(payload, writer) : payload)),
      decode: inTurn((payload) => (isEncrypted(payload) ? decrypt(payload, readers) : payload)),
    },
    isOn,
    keyId: writer.id,
    capability: codecCapability(keys),
  };
}

/** What opens the codec endpoint under these keys: 256 bits, as text for a URL. */
export function codecCapability([{ key }]: KeyRing): Secret {
  return createSecret(deriveKey(key, 'codec endpoint').toString('base64url'));
}

function payloadKey({ id, key }: NamedKey): NamedKey {
  return { id, key: deriveKey(key, 'payload') };
}

function inTurn(change: (payload: Payload) => Payload): PayloadCodec['encode'] {
  return (payloads) => Promise.resolve(payloads).then((all) => all.map(change));
}

function encrypt(payload: Payload, { id, key }: NamedKey): Payload {
  const plain = Buffer.from(PayloadMessage.encode(payload).finish());
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id) },
    data: seal(plain, key, placeOf(id)),
  };
}

function isEncrypted({ metadata }: Payload): boolean {
  return textOf(metadata?.[METADATA_ENCODING_KEY]) === ENCRYPTED;
}

function decrypt({ metadata, data }: Payload, keys: ReadonlyMap<string, NamedKey>): Payload {
  const id = textOf(metadata?.[KEY_ID]);
  const key = keys.get(id);
  if (key === undefined) throw unknownKey(id);
  return PayloadMessage.decode(open(Buffer.from(data ?? []), key));
}

function open(sealed: Buffer, { id, key }: NamedKey): Buffer {
  try {
    return unseal(sealed, key, placeOf(id));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new SealError(
      `A payload in Temporal does not open with key "${id}": another key had that name when it was written, or it was ` +
        'changed since. Give LEDGERDESK_ENCRYPTION_KEYS the key that had this name, and restart.',
    );
  }
}

/** Names of keys are ours to choose; anything else in their place came from somebody else's codec and is not repeated. */
function unknownKey(id: string): SealError {
  const named = /^[\w.-]{1,64}$/.test(id) ? `key "${id}"` : 'a key without a name of ours';
  return new SealError(
    `A payload in Temporal was encrypted under ${named}, which is not in LEDGERDESK_ENCRYPTION_KEYS. ` +
      'Put that key back, behind the first one, and restart.',
  );
}

function placeOf(keyId: string): string {
  return `payload|${keyId}`;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
