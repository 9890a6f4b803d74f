/** A setting whose change waits for approval. A change to the value `off` acts at once, because it writes less. */
interface ReviewedSetting {
  /** The path in the connection file. Everything below it waits, too. */
  readonly path: string;
  readonly off?: unknown;
}

/**
 * The settings whose change waits for approval once a connection has its go, because it changes what is written to
 * which record. All other settings act at once.
 */
export const REVIEWED_SETTINGS: readonly ReviewedSetting[] = [
  { path: 'dynamics.legalEntities' },
  { path: 'dynamics.entitySets' },
  { path: 'sync.externalId' },
  { path: 'sync.contactExternalId' },
  { path: 'sync.customers', off: false },
  { path: 'sync.vendors', off: false },
  { path: 'sync.contacts', off: false },
  { path: 'sync.adopt', off: 'never' },
  { path: 'sync.sharedMailbox' },
  { path: 'sync.secondaryEmailVerified' },
  { path: 'annotation.customers', off: false },
  { path: 'annotation.vendors', off: false },
  { path: 'support.since' },
  { path: 'entities' },
  { path: 'mapping' },
];

/** Settings with the template of external ids, which the connection file calls `sync.externalId`. */
export interface Configured<Settings extends object> {
  readonly settings: Settings;
  readonly externalIdTemplate: string;
}

/** A change of settings: what acts at once, and the paths of what waits for approval, below which nothing is changed yet. */
export interface SplitChange<Settings extends object> {
  readonly now: Configured<Settings>;
  readonly waiting: readonly string[];
}

/** Splits a change of settings into what acts at once and what waits for approval. */
export function splitChange<Settings extends object>(
  active: Configured<Settings>,
  wanted: Configured<Settings>,
): SplitChange<Settings> {
  const [before, after] = [treeOf(active), treeOf(wanted)];
  const waits = REVIEWED_SETTINGS.filter(({ path, off }) => {
    const [old, next] = [valueAt(before, path), valueAt(after, path)];
    return !isSame(old, next) && (off === undefined || !isSame(next, off));
  });
  return {
    now: configuredOf(taken(after, before, waits)),
    waiting: waits.flatMap(({ path }) => differences(valueAt(before, path), valueAt(after, path), path)),
  };
}

/** Returns the paths of reviewed settings that differ. */
export function reviewedDifferences<Settings extends object>(
  before: Configured<Settings>,
  after: Configured<Settings>,
): readonly string[] {
  const [old, next] = [treeOf(before), treeOf(after)];
  return REVIEWED_SETTINGS.flatMap(({ path }) => differences(valueAt(old, path), valueAt(next, path), path));
}

/** Returns settings with the reviewed settings of others, for example the active settings with those of a revision. */
export function withReviewed<Settings extends object>(
  base: Configured<Settings>,
  from: Configured<Settings>,
): Configured<Settings> {
  return configuredOf(taken(treeOf(base), treeOf(from), REVIEWED_SETTINGS));
}

type Tree = Readonly<Record<string, unknown>>;

function treeOf({ settings, externalIdTemplate }: Configured<object>): Tree {
  return put(settings as Tree, ['sync', 'externalId'], externalIdTemplate);
}

function configuredOf<Settings extends object>(tree: Tree): Configured<Settings> {
  const externalIdTemplate = valueAt(tree, 'sync.externalId') as string;
  return { settings: put(tree, ['sync', 'externalId'], undefined) as Settings, externalIdTemplate };
}

/** Returns a tree in which the values at some paths are those of another tree. */
function taken(tree: Tree, from: Tree, paths: readonly ReviewedSetting[]): Tree {
  return paths.reduce((result, { path }) => put(result, path.split('.'), valueAt(from, path)), tree);
}

function valueAt(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isTree(value) ? value[name] : undefined), tree);
}

/** Returns a tree with another value at a path. The value `undefined` removes the member. */
function put(tree: Tree, [name = '', ...rest]: readonly string[], value: unknown): Tree {
  const member = tree[name];
  const next = rest.length === 0 ? value : put(isTree(member) ? member : {}, rest, value);
  const others = Object.entries(tree).filter(([other]) => other !== name);
  return Object.fromEntries(next === undefined ? others : [...others, [name, next]]);
}

/** Returns the paths of the smallest parts in which two values differ. Lists are compared as a whole. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (isSame(before, after)) return [];
  if (!isTree(before) || !isTree(after)) return [path];
  return namesOf(before, after).flatMap((name) => differences(before[name], after[name], `${path}.${name}`));
}

/** Compares without regard to the order of members, which PostgreSQL does not keep. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isTree(one) || !isTree(other)) return one === other;
  return namesOf(one, other).every((name) => isSame(one[name], other[name]));
}

function namesOf(one: Tree, other: Tree): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
