import tseslint from 'typescript-eslint';

/**
 * Who may import whom (see ARCHITECTURE.md). Each entry: a folder under src/, and the folders its files may import from besides their own.
 */
const ENGINE = {
  'engine/simulation': [],
  'engine/trace': ['engine/simulation', 'engine/api'],
  'engine/etcd': ['engine/simulation', 'engine/trace', 'engine/api'],
  'engine/api': [],
  'engine/apiserver': ['engine/simulation', 'engine/trace', 'engine/etcd', 'engine/api'],
  'engine/client': ['engine/simulation', 'engine/trace', 'engine/api', 'engine/apiserver'],
  'engine/controllers': ['engine/simulation', 'engine/trace', 'engine/api', 'engine/client'],
  'engine/scheduler': ['engine/simulation', 'engine/trace', 'engine/api', 'engine/client'],
  'engine/explain': ['engine/simulation', 'engine/api', 'engine/scheduler'],
  'engine/kubelet': ['engine/simulation', 'engine/trace', 'engine/api', 'engine/client'],
};
const OUTSIDE = {
  diagram: ['engine'], webview: ['diagram', 'engine'], worker: ['diagram', 'engine'], editor: ['diagram', 'engine', 'webview', 'worker', 'live'], live: ['diagram', 'engine', 'worker'], server: ['diagram', 'engine'],
};

const folders = [...Object.keys(ENGINE), ...Object.keys(OUTSIDE)];
const NODE_FREE = ['engine', 'diagram', 'webview', 'editor'];

function boundary(folder, allowed) {
  const forbidden = folders.filter((f) => f !== folder && !allowed.some((a) => f === a || f.startsWith(a + '/')));
  const nodeFree = NODE_FREE.some((f) => folder === f || folder.startsWith(f + '/'));
  const patterns = forbidden.map((f) => ({ regex: `^(\\.\\./)+(src/)?${f.replace('/', '/')}(/|$)|^(\\.\\./)+${f.split('/').at(-1)}/`, message: `${folder} must not import ${f} (ARCHITECTURE.md).` }));
  if (nodeFree) patterns.push({ regex: '^node:|^(fs|path|os|http|https|net|child_process|worker_threads)$', message: `${folder} uses no Node API.` });
  // Everything else of live mode is for Node, and its own bundle.
  if (folder === 'editor') patterns.push({ regex: '/live/(?!protocol$)[a-z]\\w*$|/live/trace/', message: 'editor imports of live/ its protocol alone.' });
  if (folder !== 'editor') patterns.push({ regex: '^vscode$', message: 'Only extension.ts and editor/ import vscode.' });
  if (folder !== 'live') patterns.push({ regex: '^@kubernetes/client-node', message: 'Only live/ imports @kubernetes/client-node.' });
  return { files: [`src/${folder}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'src/engine/api/generated/', 'examples/', 'media/', '.cache/', '**/*.mjs', '**/*.js', '.vscode-test/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'require-yield': 'off',
    },
  },
  {
    files: ['src/engine/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'process', 'window', 'document', 'performance', 'fetch', 'crypto'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }, { object: 'Date', property: 'now' }],
      'no-restricted-syntax': ['error', { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The engine has a virtual clock.' }],
    },
  },
  ...Object.entries({ ...ENGINE, ...OUTSIDE }).map(([folder, allowed]) => boundary(folder, allowed)),
);
