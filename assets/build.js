// Bundles the sources in this folder into app/static/build/.
import { build } from "esbuild";

await build({
  absWorkingDir: new URL("..", import.meta.url).pathname,
  entryPoints: ["assets/diagram.js", "assets/htmx.js", "assets/motcua.js"],
  outdir: "app/static/build",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  // The licence texts of bpmn-js and htmx travel with the bundle.
  legalComments: "eof",
  logLevel: "warning",
});
