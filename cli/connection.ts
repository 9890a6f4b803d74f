/** A connection as the API shows it, as far as the commands read it: the rest is passed on. */
export interface Connection {
  readonly id: string;
  readonly name?: string;
  readonly state?: unknown;
  readonly settings?: {
    readonly dynamics?: { readonly environmentUrl?: string };
    readonly zendesk?: { readonly baseUrl?: string };
  };
}
