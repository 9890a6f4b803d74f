import { z } from 'zod';

/** An item of a list of which only a part could be read: the names of the members that have an unexpected form. */
export interface Defective {
  readonly defect: string;
}

/** The longest list of which all items may have an unexpected form. In a longer one, it is the form of the list. */
const MAX_DEFECTIVE_LIST = 10;

/**
 * Returns the schema of a list in which an item with an unexpected form does not reject its neighbours. `rest` reads
 * what can be read of such an item. If not even its id can be read, the list is rejected.
 */
export function isolatedList<Item extends Partial<Defective>>(
  item: z.ZodType<Item>,
  rest: (wire: unknown, defect: string) => Item | undefined,
): z.ZodType<readonly Item[]> {
  return z.array(z.unknown()).transform((wires, context): readonly Item[] => {
    const parsed = wires.map((wire) => item.safeParse(wire));
    const isFormOfList = wires.length > MAX_DEFECTIVE_LIST && !parsed.some(({ success }) => success);
    return parsed.flatMap((result, index) => {
      if (result.success) return [result.data];
      const { issues } = result.error;
      const names = [...new Set(issues.map(({ path }) => String(path[0] ?? 'the whole item')))].join(', ');
      const read = isFormOfList ? undefined : rest(wires[index], names);
      if (read !== undefined) return [read];
      for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [index, ...path], message });
      return [];
    });
  });
}
