import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** Modules that would make a workflow's replay depend on the machine it runs on. */
const nodeBuiltins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

export default tseslint.config(
  { ignores: ['lib/**', 'coverage/**', 'examples/**', '**/*.mjs', '*.cjs', 'node_modules/**'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['.', 'workflows', 'test', 'scripts', 'bench'].map((room) => `./${room}/tsconfig.json`),
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Indexing typed arrays under noUncheckedIndexedAccess needs `!` in every numeric loop.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Values cross Temporal, MongoDB and JSON: a type says what should be there, the code checks what is.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // The server's enums are numbers on the wire.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['workflows/**/*.ts', 'src/domain/**/*.ts', 'src/contracts/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: nodeBuiltins }],
      'no-restricted-properties': [
        'error',
        ...['exp', 'log', 'log1p', 'log2', 'log10', 'expm1', 'pow', 'sqrt', 'cbrt', 'sin', 'cos', 'tan', 'tanh'].map(
          (property) => ({
            object: 'Math',
            property,
            message: 'its last digit belongs to the V8 version: compute it in an activity, compare here',
          }),
        ),
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['workflows/lib/clock.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...nodeBuiltins.map((name) => ({ name })),
            {
              name: '@temporalio/workflow',
              importNames: ['sleep'],
              message: 'wait by lib/clock: it knows both clocks',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
);
