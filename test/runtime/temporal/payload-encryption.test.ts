import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { codecCapability, createPayloadEncryption } from '../../../runtime/temporal/payload-encryption.ts';
import { SealError, seal, type KeyRing } from '../../../store/connection/sealing.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const codecOf = (keys: KeyRing, isOn = true) => createPayloadEncryption(keys, { isOn }).codec;
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload | undefined): unknown => payload && defaultPayloadConverter.fromPayload(payload);
const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const dataOf = ({ data }: Payload): Buffer => Buffer.from(data ?? []);

/** Encrypts a value. */
async function encrypted(value: unknown, keys: KeyRing = [NEW]): Promise<Payload> {
  const [payload] = await codecOf(keys).encode([payloadOf(value)]);
  if (payload === undefined) throw new Error('Nothing was encrypted.');
  return payload;
}

describe('payloads with configured keys', () => {
  it.each([
    [{ connectionId: 'contoso', legalEntity: 'frrt' }],
    ['É — 日本'],
    [undefined],
    [null],
    [new Uint8Array(300)],
  ])('are decrypted to the same value: %p', async (value) => {
    const [decrypted] = await codecOf([NEW]).decode([await encrypted(value)]);
    expect(valueOf(decrypted)).toEqual(value);
  });

  it('contain only their encoding and the id of their key in plain text', async () => {
    const { metadata, data } = await encrypted({ connectionId: 'contoso' }, [NEW, OLD]);
    expect(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, textOf(bytes)])).toEqual([
      ['encoding', 'binary/encrypted'],
      ['encryption-key-id', 'new'],
    ]);
    expect(textOf(data)).not.toMatch(/contoso|connectionId|json/);
  });

  it('are never encrypted to the same bytes twice', async () => {
    const [one, two] = [await encrypted('same'), await encrypted('same')];
    expect(dataOf(one).equals(dataOf(two))).toBe(false);
  });

  it('are decrypted with every key of the ring, together with payloads that are not encrypted', async () => {
    const all = [await encrypted(1, [OLD]), payloadOf({ plain: 'text' }), await encrypted(2, [NEW, OLD])];
    const decrypted = await codecOf([NEW, OLD]).decode(all);
    expect(decrypted.map(valueOf)).toEqual([1, { plain: 'text' }, 2]);
    expect(decrypted[1]).toBe(all[1]);
  });

  it('result in an error with the id of a missing key', async () => {
    await expect(codecOf([NEW]).decode([await encrypted(1, [OLD])])).rejects.toThrow(
      'A payload in Temporal was encrypted with key "old", which is not in LEDGERDESK_ENCRYPTION_KEYS.',
    );
  });

  it('result in an error without the key id if another codec wrote an invalid one', async () => {
    const { data } = await encrypted(1);
    for (const id of ['', 'arn:aws:kms/1\n', 'x'.repeat(65)]) {
      const foreign = { metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(id) } };
      await expect(codecOf([NEW]).decode([{ ...foreign, data: data ?? null }])).rejects.toThrow(
        'encrypted with a key with an invalid name, which',
      );
    }
  });

  const refused = async (payload: Payload, keys: KeyRing = [NEW, OLD]) => {
    const decoding = codecOf(keys).decode([payload]);
    await expect(decoding).rejects.toThrow(SealError);
    await expect(decoding).rejects.toThrow('cannot be decrypted with key "new"');
  };

  it('cannot be decrypted with another key of the same id', async () => {
    await refused(await encrypted(1), [{ ...NEW, key: Buffer.alloc(32, 3) }]);
  });

  it('cannot be decrypted with a tag that was shortened to four bytes', async () => {
    const payload = await encrypted({ connectionId: 'contoso' });
    const sealed = dataOf(payload);
    const cut = Buffer.concat([sealed.subarray(0, 13), sealed.subarray(13, 17), sealed.subarray(29)]);
    await refused({ ...payload, data: cut });
    await refused({ ...payload, data: sealed.subarray(0, 17) });
    await refused({ ...payload, data: Buffer.alloc(0) });
  });

  it('cannot be decrypted after a change of any byte', async () => {
    const payload = await encrypted('ten bytes.');
    const sealed = dataOf(payload);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await refused({ ...payload, data: changed });
    }
  });

  it('cannot be decrypted with parts of another payload, or with the id of another key of the ring', async () => {
    const [one, two] = [await encrypted('one'), await encrypted('two')];
    const swapped = Buffer.concat([dataOf(one).subarray(0, 29), dataOf(two).subarray(29)]);
    await refused({ ...one, data: swapped });
    const ofOld = await encrypted('one', [OLD]);
    await refused({ ...ofOld, metadata: one.metadata ?? null });
    const twins: KeyRing = [NEW, { id: 'twin', key: NEW.key }];
    const twin = { ...one.metadata, 'encryption-key-id': Buffer.from('twin') };
    await expect(codecOf(twins).decode([{ ...one, metadata: twin }])).rejects.toThrow('key "twin"');
  });

  it('are not encrypted with the key that seals credentials', async () => {
    const payload = await encrypted(1);
    await refused({ ...payload, data: seal(Buffer.from(''), NEW.key, 'payload|new') });
  });
});

describe('payloads with generated keys', () => {
  it('are not encrypted, and earlier encrypted payloads are still decrypted', async () => {
    const codec = codecOf([NEW], false);
    const plain = payloadOf('readable');
    expect((await codec.encode([plain]))[0]).toBe(plain);
    expect(valueOf((await codec.decode([await encrypted('before')]))[0])).toBe('before');
  });
});

describe('the capability of the codec endpoint', () => {
  it('has 256 bits, is valid in a URL, and depends only on the first key', () => {
    const reveal = (keys: KeyRing) => codecCapability(keys).reveal();
    expect(reveal([NEW])).toMatch(/^[\w-]{43}$/);
    expect(reveal([NEW, OLD])).toBe(reveal([NEW]));
    expect(reveal([OLD, NEW])).not.toBe(reveal([NEW]));
    expect(createPayloadEncryption([NEW, OLD], { isOn: true }).capability.reveal()).toBe(reveal([NEW]));
  });

  it('is redacted in a printed encryption', () => {
    const encryption = createPayloadEncryption([NEW], { isOn: true });
    const shown = inspect(encryption, { depth: 9 }) + JSON.stringify(encryption);
    expect(shown).not.toContain(encryption.capability.reveal());
    expect(shown).toContain('[redacted]');
  });
});
