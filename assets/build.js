// Bundles the sources in this folder into app/static/build/, each beside its gzip twin: the web
// process hands out the packed one, so a weak line carries a quarter of the bytes.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["assets/diagram.js", "assets/htmx.js", "assets/motcua.css", "assets/motcua.js"],
  outdir: "app/static/build",
  bundle: true,
  metafile: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  // The licence texts of bpmn-js and htmx travel with the bundle.
  legalComments: "eof",
  logLevel: "warning",
});

for (const file of Object.keys(metafile.outputs)) {
  const packed = gzipSync(await readFile(root + file), { level: 9 });
  await writeFile(`${root}${file}.gz`, packed);
}
