import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Decisions stay pure and workflows deterministic: nothing of Node may be named there. */
const pureOnly = {
  patterns: [{ regex: '^node:', message: 'domain/ and workflows/ know nothing of Node.' }],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.ledgerdesk/', 'coverage/', '.dependency-cruiser.cjs'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', { max: 350, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['domain/**/*.ts', 'workflows/**/*.ts'], rules: { 'no-restricted-imports': ['error', pureOnly] } },
  { files: ['cli/**', 'demo/**', 'bench/**', 'sandbox/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'sandbox/test/**/*.ts'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
