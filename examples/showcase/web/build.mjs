// Builds dist/: one HTML file per page, hashed scripts and one stylesheet under dist/assets/.
import { build } from 'esbuild';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(root, 'src');
const dist = path.join(root, 'dist');
const pages = {
  index: 'unisono: real-time sync inside your C++ backend',
  editor: 'Editor · unisono',
  chat: 'Chat · unisono',
  cursors: 'Cursors · unisono',
  stream: 'Streams · unisono',
  inspector: 'Inspector · unisono',
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [...Object.keys(pages).map((page) => `src/${page}.js`), 'src/style.css', 'src/favicon.svg'],
  outdir: 'dist/assets',
  entryNames: '[name]-[hash]',
  chunkNames: 'shared-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2021',
  minify: true,
  loader: { '.svg': 'copy' },
  metafile: true,
});

const asset = {};
for (const [file, { entryPoint }] of Object.entries(metafile.outputs))
  if (entryPoint) asset[path.basename(entryPoint)] = `/${path.relative('dist', file).split(path.sep).join('/')}`;

const layout = await readFile(path.join(source, 'layout.html'), 'utf8');
for (const [page, title] of Object.entries(pages)) {
  const values = {
    title,
    page,
    body: await readFile(path.join(source, 'pages', `${page}.html`), 'utf8'),
    style: asset['style.css'],
    script: asset[`${page}.js`],
    icon: asset['favicon.svg'],
  };
  const html = layout
    .replace(/\{\{(\w+)\}\}/g, (_, key) => values[key])
    .replace(`data-nav="${page}"`, `data-nav="${page}" aria-current="page"`);
  await writeFile(path.join(dist, `${page}.html`), html);
}

for (const [file, { bytes }] of Object.entries(metafile.outputs))
  console.log(`${String((bytes / 1024).toFixed(1)).padStart(8)} kB  ${file}`);
