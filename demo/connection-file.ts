import type { Sandbox } from './processes.ts';

/** The connection of the demo, as an operator would write it; both secrets are named, not written. */
export function connectionFile(sandbox: Sandbox): object {
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
