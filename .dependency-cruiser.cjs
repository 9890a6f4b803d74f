/** The only arrows (imports) between the folders: see ARCHITECTURE.md. Each folder lists what it may import. */
const ARROWS = {
  api: ['workflows', 'store', 'runtime', 'domain'],
  workflows: ['domain'],
  workers: ['workflows', 'activities', 'runtime'],
  activities: ['workflows', 'clients', 'store', 'domain'],
  domain: [],
  clients: ['domain'],
  store: ['domain'],
  runtime: ['clients', 'store'],
  sandbox: [],
  demo: ['sandbox'],
  bench: ['sandbox'],
};

const OURS = [...Object.keys(ARROWS), 'cli'];

/**
 * The only arrows between the sub-folders of domain/, workflows/, activities/ and store/, which are the same in each. `accounts` and
 * `contacts` do not know each other, and `sync` reaches both only through the registries at the root of a layer (`targets.ts`).
 */
const ROOMS = {
  operations: [],
  support: ['operations', 'sync'],
  sync: ['operations'],
  review: ['operations', 'sync', 'connection', 'support'],
  connection: ['operations', 'support'],
  accounts: ['sync', 'connection'],
  contacts: ['sync', 'connection'],
  events: ['sync', 'connection'],
};

/** The same for runtime/, whose sub-folders are concerns of their own. */
const CONCERNS = {
  config: [],
  log: ['config'],
  processes: ['config', 'log'],
  postgres: ['config', 'log', 'processes'],
  temporal: ['config', 'log', 'processes'],
  backup: ['config', 'log', 'processes', 'postgres'],
  supervisor: ['config', 'log', 'processes', 'postgres', 'temporal'],
};

/** The same for api/. */
const FACES = {
  'connection-file': [],
  ingress: [],
  metrics: [],
  admin: ['connection-file'],
  openapi: ['admin'],
  oauth: ['admin'],
  codec: ['admin', 'ingress'],
  webhooks: ['ingress'],
  events: ['ingress'],
};

/** The command line imports nothing of ours at run time; the types of the API's answers it may know. */
const TYPES_FOR_THE_CLI = [
  {
    name: 'cli-imports-nothing-at-run-time',
    severity: 'error',
    from: { path: '^cli/' },
    to: { path: `^(${OURS.filter((to) => to !== 'cli').join('|')})/`, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'cli-knows-only-the-types-of-answers',
    severity: 'error',
    from: { path: '^cli/' },
    to: { path: `^(${OURS.filter((to) => to !== 'cli').join('|')})/`, pathNot: '^api/endpoints\\.ts$' },
  },
];

/** Forbids every arrow between sibling folders that is not listed. */
const onlyArrows = (arrows, parent = '', all = Object.keys(arrows)) =>
  Object.entries(arrows).map(([from, allowed]) => {
    const forbidden = all.filter((to) => to !== from && !allowed.includes(to));
    return {
      name: `${parent}${from}-imports-only-${allowed.join('-') || 'nothing-beside-it'}`,
      severity: 'error',
      from: { path: `^${parent}${from}/` },
      to: { path: `^${parent}(${forbidden.join('|')})/` },
    };
  });

/** The files of workflows/ that other layers may import: the steps as an interface, and names, ids and inputs. */
const NAMES_OF_THE_PLAN = ['steps', 'contract', 'ids', 'search-attributes', 'start-options'];
const onlyNamesOfThePlan = (from) => ({
  name: `${from}-sees-the-plan-only-as-names`,
  comment: `${from}/ may import the steps as an interface, and names, ids and inputs; never a workflow.`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^workflows/', pathNot: `^workflows/(${NAMES_OF_THE_PLAN.join('|')})\\.ts$` },
});

module.exports = {
  forbidden: [
    ...onlyArrows(ARROWS, '', OURS),
    ...TYPES_FOR_THE_CLI,
    ...['domain', 'workflows', 'activities', 'store'].flatMap((layer) => onlyArrows(ROOMS, `${layer}/`)),
    ...onlyArrows(CONCERNS, 'runtime/'),
    ...onlyArrows(FACES, 'api/'),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    onlyNamesOfThePlan('activities'),
    onlyNamesOfThePlan('api'),
    {
      name: 'the-plan-uses-only-the-workflow-sdk',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['npm'], pathNot: '@temporalio/(workflow|common)' },
    },
    {
      name: 'domain-needs-nothing',
      severity: 'error',
      from: { path: '^domain/' },
      to: { dependencyTypes: ['npm', 'core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'], conditionNames: ['import', 'node', 'default'] },
  },
};
