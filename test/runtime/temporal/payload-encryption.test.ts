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

/** What is encrypted under a key, once. */
async function encrypted(value: unknown, keys: KeyRing = [NEW]): Promise<Payload> {
  const [payload] = await codecOf(keys).encode([payloadOf(value)]);
  if (payload === undefined) throw new Error('Nothing was encrypted.');
  return payload;
}

describe('payloads under configured keys', () => {
  it.each([
    [{ connectionId: 'contoso', legalEntity: 'frrt' }],
    ['É — 日本'],
    [undefined],
    [null],
    [new Uint8Array(300)],
  ])('come back as they were: %p', async (value) => {
    const [back] = await codecOf([NEW]).decode([await encrypted(value)]);
    expect(valueOf(back)).toEqual(value);
  });

  it('show their encoding and the key that wrote them, and nothing else', async () => {
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

  it('are read with every key of the ring, in one answer with such as are not encrypted', async () => {
    const all = [await encrypted(1, [OLD]), payloadOf({ typed: 'by hand' }), await encrypted(2, [NEW, OLD])];
    const back = await codecOf([NEW, OLD]).decode(all);
    expect(back.map(valueOf)).toEqual([1, { typed: 'by hand' }, 2]);
    expect(back[1]).toBe(all[1]);
  });

  it('name the key that is missing', async () => {
    await expect(codecOf([NEW]).decode([await encrypted(1, [OLD])])).rejects.toThrow(
      'A payload in Temporal was encrypted under key "old", which is not in LEDGERDESK_ENCRYPTION_KEYS.',
    );
  });

  it('do not repeat what another codec wrote in place of a key', async () => {
    const { data } = await encrypted(1);
    for (const id of ['', 'arn:aws:kms/1\n', 'x'.repeat(65)]) {
      const foreign = { metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(id) } };
      await expect(codecOf([NEW]).decode([{ ...foreign, data: data ?? null }])).rejects.toThrow(
        'encrypted under a key without a name of ours, which',
      );
    }
  });

  const refused = async (payload: Payload, keys: KeyRing = [NEW, OLD]) => {
    const decoding = codecOf(keys).decode([payload]);
    await expect(decoding).rejects.toThrow(SealError);
    await expect(decoding).rejects.toThrow('does not open with key "new"');
  };

  it('do not open with another key of the same name', async () => {
    await refused(await encrypted(1), [{ ...NEW, key: Buffer.alloc(32, 3) }]);
  });

  it('do not open with a tag that was cut to four bytes', async () => {
    const payload = await encrypted({ connectionId: 'contoso' });
    const sealed = dataOf(payload);
    const cut = Buffer.concat([sealed.subarray(0, 13), sealed.subarray(13, 17), sealed.subarray(29)]);
    await refused({ ...payload, data: cut });
    await refused({ ...payload, data: sealed.subarray(0, 17) });
    await refused({ ...payload, data: Buffer.alloc(0) });
  });

  it('do not open once any byte was changed', async () => {
    const payload = await encrypted('ten bytes.');
    const sealed = dataOf(payload);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await refused({ ...payload, data: changed });
    }
  });

  it('do not open when parts of two are swapped, nor under the name of another key of the ring', async () => {
    const [one, two] = [await encrypted('one'), await encrypted('two')];
    const swapped = Buffer.concat([dataOf(one).subarray(0, 29), dataOf(two).subarray(29)]);
    await refused({ ...one, data: swapped });
    const ofOld = await encrypted('one', [OLD]);
    await refused({ ...ofOld, metadata: one.metadata ?? null });
    const twins: KeyRing = [NEW, { id: 'twin', key: NEW.key }];
    const twin = { ...one.metadata, 'encryption-key-id': Buffer.from('twin') };
    await expect(codecOf(twins).decode([{ ...one, metadata: twin }])).rejects.toThrow('key "twin"');
  });

  it('are not sealed with the key that seals credentials', async () => {
    const payload = await encrypted(1);
    await refused({ ...payload, data: seal(Buffer.from(''), NEW.key, 'payload|new') });
  });
});

describe('payloads under generated keys', () => {
  it('stay as they are, and those that were encrypted before are still read', async () => {
    const codec = codecOf([NEW], false);
    const plain = payloadOf('readable');
    expect((await codec.encode([plain]))[0]).toBe(plain);
    expect(valueOf((await codec.decode([await encrypted('before')]))[0])).toBe('before');
  });
});

describe('the capability of the codec endpoint', () => {
  it('is 256 bits that a URL can carry, the same in every process, and another for another first key', () => {
    const reveal = (keys: KeyRing) => codecCapability(keys).reveal();
    expect(reveal([NEW])).toMatch(/^[\w-]{43}$/);
    expect(reveal([NEW, OLD])).toBe(reveal([NEW]));
    expect(reveal([OLD, NEW])).not.toBe(reveal([NEW]));
    expect(createPayloadEncryption([NEW, OLD], { isOn: true }).capability.reveal()).toBe(reveal([NEW]));
  });

  it('is in no print of the encryption', () => {
    const encryption = createPayloadEncryption([NEW], { isOn: true });
    const shown = inspect(encryption, { depth: 9 }) + JSON.stringify(encryption);
    expect(shown).not.toContain(encryption.capability.reveal());
    expect(shown).toContain('[redacted]');
  });
});
