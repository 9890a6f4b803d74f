/** What may be changed about the simulated authority while it runs. */
export interface EntraSettings {
  /** How long tokens live, in real seconds (Microsoft docs: typically 3,599). */
  tokenLifetimeSeconds: number;
  /** Whether the secret has expired. */
  secretExpired: boolean;
  /** Whether a Conditional Access policy blocks the app. */
  blockedByConditionalAccess: boolean;
  /** Origins of resources besides the environment's own. */
  furtherResources: readonly string[];
  /** Public keys or certificates (PEM) of the app, for assertions that it signs. */
  assertionKeys: readonly string[];
  /** Issuers and subjects whose tokens stand for the app; their signatures are not checked. */
  federatedCredentials: readonly FederatedCredential[];
}

/** A workload identity that the app trusts. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
}

/** The settings of an authority that lets the app in with its secret. */
export const DEFAULT_SETTINGS: Readonly<EntraSettings> = {
  tokenLifetimeSeconds: 3_599,
  secretExpired: false,
  blockedByConditionalAccess: false,
  furtherResources: [],
  assertionKeys: [],
  federatedCredentials: [],
};
