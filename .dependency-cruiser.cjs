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
  cli: [],
  sandbox: [],
  demo: ['sandbox'],
  bench: ['sandbox'],
};
const OURS = Object.keys(ARROWS);

const onlyArrows = OURS.map((from) => {
  const forbidden = OURS.filter((to) => to !== from && !ARROWS[from].includes(to));
  return {
    name: `${from}-imports-only-${ARROWS[from].join('-') || 'nothing-of-ours'}`,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { path: `^(${forbidden.join('|')})/` },
  };
});

module.exports = {
  forbidden: [
    ...onlyArrows,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'activities-see-the-plan-only-as-names',
      comment: 'activities/ may import the steps as an interface, and names, ids and inputs; never a workflow.',
      severity: 'error',
      from: { path: '^activities/' },
      to: { path: '^workflows/', pathNot: '^workflows/(steps|contract|ids|search-attributes)\\.ts$' },
    },
    {
      name: 'api-sees-the-plan-only-as-names',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^workflows/', pathNot: '^workflows/(contract|ids|search-attributes)\\.ts$' },
    },
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
