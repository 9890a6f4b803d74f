import type { Row, RowTable, Values } from './row-table.ts';

/** Returns a row in JSON: the etag, then the selected properties, or all of them. */
export function rowToWire(table: RowTable, row: Row, select: readonly string[] | undefined): Values {
  const wire: Values = { '@odata.etag': etagOf(table, row) };
  for (const name of select ?? table.type.properties.keys()) wire[name] = table.read(row, name);
  return wire;
}

/** Returns the etag: version and record id of every joined table in base64, or `0,0` if an outer join found no row. */
export function etagOf(table: RowTable, row: Row): string {
  const { recordId, version } = row;
  const isJoined = (property: string): boolean =>
    table.type.properties.has(property) && table.read(row, property) !== '';
  const address = isJoined('AddressCity') ? `1,${recordId + 3_000_000}` : '0,0';
  const email = isJoined(emailOf(table)) ? `1,${recordId + 4_000_000}` : '0,0';
  const pairs = [`${version},${recordId}`, `1,${recordId + 2_000_000}`, address, email];
  return `W/"${Buffer.from(`'${pairs.join(';')}'`).toString('base64')}"`;
}

function emailOf({ type }: RowTable): string {
  return type.properties.has('PrimaryContactEmail') ? 'PrimaryContactEmail' : 'PrimaryEmailAddress';
}
