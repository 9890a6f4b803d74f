/** A list as the API answers it: newest first, whole unless a limit was asked for. */
export interface List<Item> {
  readonly items: readonly Item[];
  /** Of all, whatever the limit. */
  readonly total: number;
}
