import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { deriveKey, seal, SealError, unseal, type KeyRing, type NamedKey } from '../../store/connection/sealing.ts';
import { createSecret, type Secret } from '../config/secret.ts';

/** The encoding that Temporal's tools and samples use for encrypted payloads. The metadata also contains the key id. */
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** The encryption of payloads in Temporal, shared by the client, the workers and the codec endpoint. */
export interface PayloadEncryption {
  /**
   * Encrypts payloads if `isOn`. Decrypts payloads encrypted with any of the keys, and returns other payloads
   * unchanged.
   */
  readonly codec: PayloadCodec;
  readonly isOn: boolean;
  /** The id of the key that encrypts. */
  readonly keyId: string;
  /**
   * The secret that grants access to the codec endpoint. It depends on the first key, so a new first key revokes it.
   */
  readonly capability: Secret;
}

/**
 * Creates the encryption of payloads. `isOn` is true for configured keys; with generated keys, payloads stay readable.
 * Payload keys are derived from the keys of the ring, so no payload is encrypted with a key of credentials.
 */
export function createPayloadEncryption(keys: KeyRing, { isOn }: { isOn: boolean }): PayloadEncryption {
  const writer = payloadKey(keys[0]);
  const readers = new Map(keys.map((key) => [key.id, payloadKey(key)]));
  return {
    codec: {
      encode: mapPayloads((payload) => (isOn ? encrypt(payload, writer) : payload)),
      decode: mapPayloads((payload) => (isEncrypted(payload) ? decrypt(payload, readers) : payload)),
    },
    isOn,
    keyId: writer.id,
    capability: codecCapability(keys),
  };
}

/** Returns the secret that grants access to the codec endpoint with these keys: 256 bits as text for a URL. */
export function codecCapability([{ key }]: KeyRing): Secret {
  return createSecret(deriveKey(key, 'codec endpoint').toString('base64url'));
}

function payloadKey({ id, key }: NamedKey): NamedKey {
  return { id, key: deriveKey(key, 'payload') };
}

function mapPayloads(change: (payload: Payload) => Payload): PayloadCodec['encode'] {
  return (payloads) => Promise.resolve(payloads).then((all) => all.map(change));
}

function encrypt(payload: Payload, { id, key }: NamedKey): Payload {
  const plain = Buffer.from(PayloadMessage.encode(payload).finish());
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id) },
    data: seal(plain, key, contextOf(id)),
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
    return unseal(sealed, key, contextOf(id));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new SealError(
      `A payload in Temporal cannot be decrypted with key "${id}". It was encrypted with another key of that name, or it was ` +
        'changed. Set the original key of that name in LEDGERDESK_ENCRYPTION_KEYS, then restart Ledgerdesk.',
    );
  }
}

/**
 * Returns the error for a missing key. A text that is not a valid key id comes from a foreign codec and is not
 * repeated.
 */
function unknownKey(id: string): SealError {
  const named = /^[\w.-]{1,64}$/.test(id) ? `key "${id}"` : 'a key with an invalid name';
  return new SealError(
    `A payload in Temporal was encrypted with ${named}, which is not in LEDGERDESK_ENCRYPTION_KEYS. ` +
      'Add that key after the first one, then restart Ledgerdesk.',
  );
}

function contextOf(keyId: string): string {
  return `payload|${keyId}`;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
