import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { PayloadEncryption } from '../runtime/temporal/payload-encryption.ts';

/**
 * Returns the data converter of a worker and its workflow bundle. It encrypts payloads and failures if encryption is
 * on.
 */
export function workerDataConverter({ codec, isOn }: Pick<PayloadEncryption, 'codec' | 'isOn'>): DataConverter {
  return { payloadCodecs: [codec], ...(isOn ? { failureConverterPath: failureConverterPath() } : {}) };
}

function failureConverterPath(): string {
  const converter = new URL(
    `../workflows/failure-converter${extname(fileURLToPath(import.meta.url))}`,
    import.meta.url,
  );
  return fileURLToPath(converter);
}
