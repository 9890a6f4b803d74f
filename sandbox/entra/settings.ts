/** The settings of the simulated authority, which may be changed while it runs. */
export interface EntraSettings {
  /** The lifetime of tokens in real seconds (Microsoft docs: typically 3,599). */
  tokenLifetimeSeconds: number;
  /** True if the secret has expired. */
  secretExpired: boolean;
  /** True if a Conditional Access policy blocks the app. */
  blockedByConditionalAccess: boolean;
  /** Origins of resources other than the environment. */
  furtherResources: readonly string[];
  /** Public keys or certificates (PEM) of the app, which verify its assertions. */
  assertionKeys: readonly string[];
  /** Issuers and subjects whose tokens are accepted for the app. Their signatures are not verified. */
  federatedCredentials: readonly FederatedCredential[];
}

/** A workload identity that the app trusts. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
}

/** The default settings: the app gets tokens with its secret. */
export const DEFAULT_SETTINGS: Readonly<EntraSettings> = {
  tokenLifetimeSeconds: 3_599,
  secretExpired: false,
  blockedByConditionalAccess: false,
  furtherResources: [],
  assertionKeys: [],
  federatedCredentials: [],
};
