/** The place of the annotation of an ERP account, and how it is written. */
export interface AnnotationTarget {
  readonly entitySet: string;
  readonly field: string;
  readonly mode: 'block' | 'replace' | 'append';
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly maxLength?: number | undefined;
}
