#!/usr/bin/env node
// Builds a flow in JavaScript or TypeScript: `node build.mjs PROJECT OUT.wasm`.
//
// The sources are bundled into one module, which becomes a component around QuickJS. What the flow does not import of
// the contract is left out of the component's imports, so that its permissions can be compared with its manifest's.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { lineTable } from "./lines.mjs";

const SDK = dirname(fileURLToPath(import.meta.url));
const ENTRIES = ["src/flow.ts", "src/flow.js", "src/flow.mjs"];
const OLDEST_NODE = 18;
const TOOLS = ["esbuild", "componentize-qjs"];

class Complaint extends Error {}

try {
  const [project, out] = process.argv.slice(2);
  if (project === "--check") check();
  else if (project === undefined || out === undefined) throw new Complaint("usage: node build.mjs PROJECT OUT.wasm, or build.mjs --check");
  else await build(resolve(project), resolve(out));
} catch (error) {
  process.stderr.write(`${error instanceof Complaint ? error.message : error.stack ?? error}\n`);
  process.exitCode = 1;
}

/** Whether a build can begin: the packages of npm are fetched when they are needed. */
function check() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Complaint(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer (https://nodejs.org, or apt-get install nodejs)`);
  }
  if (TOOLS.every((name) => find(name, SDK) !== undefined)) return;
  if (spawnSync("npm", ["--version"]).error !== undefined) throw new Complaint("npm is not installed (apt-get install npm)");
}

async function build(project, out) {
  check();
  const entry = ENTRIES.map((name) => join(project, name)).find(existsSync);
  if (entry === undefined) throw new Complaint(`${project} has no ${ENTRIES.slice(0, 2).join(" or ")}`);
  const contract = readContract([join(project, "wit"), join(SDK, "../../../wit")]);
  const { esbuild, componentizer } = await tools(project);

  const { code, interfaces } = await bundle(esbuild, project, entry, contract);
  const wit = worldOf(interfaces, contract);
  try {
    const { component } = await componentizer.componentize({ witPath: wit, world: "built", jsSource: code, sync: true });
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, component);
  } catch (error) {
    throw new Complaint(`${relative(project, entry)} does not become a component: ${trouble(error)}`);
  } finally {
    rmSync(wit, { recursive: true, force: true });
  }
}

/** What went wrong while the code outside of functions ran, which it does now. */
function trouble(error) {
  const [, call] = /unknown import: `ponte:flow\/([^`]+)`/.exec(error.message) ?? [];
  if (call !== undefined) {
    return `it calls ${call.replace(/@[0-9.]+/, "")} outside of a function. Such code runs while the flow is built, where there is no host: move it into the handler`;
  }
  const words = error.message.replace(/^.*?module evaluation: /s, "");
  return words.split("\n").filter((line) => !/^\s+\d+: 0x|wasm backtrace/.test(line)).join("\n");
}

/** The contract's folder and version: the project's own, or the repository's. */
function readContract(places) {
  const folder = places.find((place) => existsSync(join(place, "flow.wit")));
  if (folder === undefined) throw new Complaint(`there is no contract: copy ponte's folder wit/ to ${places[0]}`);
  const [, version] = /^package ponte:flow@([0-9.]+);/m.exec(readFileSync(join(folder, "flow.wit"), "utf8")) ?? [];
  if (version === undefined) throw new Complaint(`${join(folder, "flow.wit")} does not say \`package ponte:flow@…;\``);
  const texts = readdirSync(folder).filter((name) => name.endsWith(".wit")).map((name) => readFileSync(join(folder, name), "utf8"));
  return { folder, version, interfaces: new Set(Array.from(texts.join("\n").matchAll(/^interface ([a-z-]+)/gm), ([, name]) => name)) };
}

/** The bundler and the componentizer, in the versions of this SDK's lock file. Fetched if they are missing. */
async function tools(project) {
  if (TOOLS.some((name) => find(name, project) === undefined)) {
    process.stderr.write(`fetching esbuild and componentize-qjs into ${SDK}\n`);
    try {
      // Not `npm ci`: it wants the bindings of every platform in the lock file, and some are not published.
      execFileSync("npm", ["install", "--omit=dev", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: SDK, stdio: ["ignore", 2, 2] });
    } catch {
      throw new Complaint(`esbuild and componentize-qjs are missing, and npm could not fetch them (see above): run \`npm install\` in ${SDK}`);
    }
  }
  const load = async (name) => {
    const path = find(name, project);
    if (path === undefined) throw new Complaint(`${name} is missing: run \`npm install\` in ${SDK}`);
    const module = await import(pathToFileURL(path));
    return module.default ?? module;
  };
  return { esbuild: await load("esbuild"), componentizer: await load("componentize-qjs") };
}

function find(name, project) {
  for (const from of [SDK, project]) {
    try {
      return createRequire(join(from, "package.json")).resolve(name);
    } catch {
      // The other place, then.
    }
  }
  return undefined;
}

/** One module, and the contract's interfaces that it imports. */
async function bundle(esbuild, project, entry, contract) {
  const used = new Set();
  const hostPlugin = {
    name: "ponte:flow",
    setup(build) {
      build.onResolve({ filter: /^ponte:flow\// }, ({ path }) => {
        const name = path.slice("ponte:flow/".length).split("@")[0];
        if (!contract.interfaces.has(name)) {
          return { errors: [{ text: `the contract (${contract.folder}) has no interface "${name}"` }] };
        }
        return { path: `ponte:flow/${name}@${contract.version}`, external: true, sideEffects: false };
      });
    },
  };
  const result = await esbuild
    .build({
      entryPoints: [entry],
      absWorkingDir: project,
      bundle: true,
      write: false,
      metafile: true,
      outfile: "flow.js",
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2022",
      charset: "utf8",
      sourcemap: "external",
      legalComments: "none",
      alias: { "ponte-sdk": join(SDK, "src/index.js") },
      plugins: [hostPlugin],
      logLevel: "warning",
    })
    .catch((error) => {
      // esbuild has printed what is wrong, with file and line.
      throw new Complaint(`${relative(project, entry)} does not bundle: ${error.errors?.length ?? 1} error(s), see above`);
    });
  const output = Object.values(result.metafile.outputs).find((made) => made.entryPoint !== undefined);
  for (const { path } of output.imports) used.add(path.slice("ponte:flow/".length).split("@")[0]);
  if (!output.exports.includes("handler")) {
    throw new Complaint(`${relative(project, entry)} exports no handler: write \`export const handler = flow((event) => { … })\``);
  }
  const text = (extension) => result.outputFiles.find((file) => file.path.endsWith(extension)).text;
  const table = lineTable(JSON.parse(text(".map")), (source) => named(project, source));
  return { code: `${text(".js")}\nglobalThis.__ponteLines = ${JSON.stringify(table)};\n`, interfaces: used };
}

/** How a source file is called in stacks: by its place in the project, or in the SDK. */
function named(project, source) {
  const file = resolve(project, source);
  const inSdk = relative(SDK, file);
  return inSdk.startsWith("..") ? relative(project, file) : `ponte-sdk/${inSdk}`;
}

/** A copy of the contract with a world of just these interfaces. */
function worldOf(interfaces, { folder, version }) {
  const copy = mkdtempSync(join(tmpdir(), "ponte-wit-"));
  cpSync(folder, copy, { recursive: true });
  const imports = [...interfaces].sort().map((name) => `    import ${name};\n`);
  writeFileSync(join(copy, "built.wit"), `package ponte:flow@${version};\n\nworld built {\n${imports.join("")}    export handler;\n}\n`);
  return copy;
}
