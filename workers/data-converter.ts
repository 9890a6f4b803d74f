import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { PayloadEncryption } from '../runtime/temporal/payload-encryption.ts';

/** How a worker and the bundle of its workflows write payloads and failures: encrypted, or in clear as Temporal does. */
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
