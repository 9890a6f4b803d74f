import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Product, Sandbox } from './processes.ts';

/** The connection file of the demo, and the environment variables of its commands. */
export interface WrittenConnection {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes the connection file into a folder, beside the product's `data`. As recommended, it only names both secrets.
 */
export async function writeConnection(
  folder: string,
  { sandbox, product }: { sandbox: Sandbox; product: Product },
): Promise<WrittenConnection> {
  const file = join(folder, 'contoso.json');
  await writeFile(file, JSON.stringify(connectionFile(sandbox), null, 2));
  const env = {
    LEDGERDESK_URL: product.apiUrl,
    LEDGERDESK_DATA_DIR: join(folder, 'data'),
    CONTOSO_ERP_SECRET: sandbox.clientSecret,
    CONTOSO_DESK_TOKEN: sandbox.zendeskToken,
  };
  return { file, env };
}

function connectionFile(sandbox: Sandbox): object {
  return {
    id: 'contoso',
    name: 'Contoso Distribution',
    dynamics: {
      environmentUrl: sandbox.dynamics,
      tenantId: sandbox.tenantId,
      clientId: sandbox.clientId,
      clientSecret: { env: 'CONTOSO_ERP_SECRET' },
      authorityHost: sandbox.entra,
      legalEntities: ['usmf', 'frrt'],
    },
    zendesk: { subdomain: 'contoso', baseUrl: sandbox.zendesk, accessToken: { env: 'CONTOSO_DESK_TOKEN' } },
    sync: { every: '1d', reconcileEvery: '1d' },
  };
}
