#!/usr/bin/env node
// Types of the contract for TypeScript, out of wit/: `node types.mjs` writes src/contract.d.ts, `node types.mjs --check`
// says whether it is up to date. Reads as much of WIT as the contract uses, and stops at anything else.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SDK = dirname(fileURLToPath(import.meta.url));
const OUT = join(SDK, "src/contract.d.ts");

/** What componentize-qjs makes of WIT's own types. */
const PLAIN = {
  bool: "boolean", string: "string", char: "string",
  u8: "number", u16: "number", u32: "number", u64: "number",
  s8: "number", s16: "number", s32: "number", s64: "number", f32: "number", f64: "number",
};

const pascal = (name) => name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter) => letter.toUpperCase());
const camel = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Doc comments, and all other tokens one by one. */
function tokens(text) {
  const found = [];
  const token = /\/\/\/ ?(.*)|\/\/.*|\/\*[\s\S]*?\*\/|->|%?[a-z][a-z0-9-]*|[A-Z][A-Za-z0-9-]*|[0-9][0-9.]*|[{}(),;:<>=@._/]|\S/gm;
  for (const [all, doc] of text.matchAll(token)) {
    if (doc !== undefined) found.push({ doc });
    else if (!all.startsWith("//") && !all.startsWith("/*")) found.push({ word: all.replace(/^%/, "") });
  }
  return found;
}

/** The interfaces of one file. */
function interfaces(text) {
  const all = tokens(text);
  let at = 0;
  let docs = [];

  const peek = () => {
    while (all[at]?.doc !== undefined) docs.push(all[at++].doc);
    return all[at]?.word;
  };
  const next = (wanted) => {
    const word = peek();
    if (word === undefined || (wanted !== undefined && word !== wanted)) {
      const near = all.slice(Math.max(0, at - 4), at + 3).map((token) => token.word ?? "///").join(" ");
      throw new Error(`types.mjs cannot read wit/ near "${near}"${wanted ? `: expected ${wanted}` : ""}`);
    }
    at++;
    return word;
  };
  const documented = () => {
    peek();
    const said = docs;
    docs = [];
    return said;
  };
  /** Parts up to `end`, each read by `part`. */
  const list = (end, part) => {
    const parts = [];
    while (peek() !== end) {
      parts.push(part(documented()));
      if (peek() === ",") next();
    }
    docs = [];
    next(end);
    return parts;
  };
  const type = () => {
    const name = next();
    if (PLAIN[name] !== undefined) return PLAIN[name];
    if (name === "_") return "void";
    if (peek() !== "<") return pascal(name);
    next("<");
    const inner = list(">", type);
    if (name === "option") return `${inner[0]} | null`;
    if (name === "result") return inner[0] ?? "void";
    if (name === "tuple") return `[${inner.join(", ")}]`;
    if (name === "list") return inner[0] === "number" && all[at - 2].word === "u8" ? "Uint8Array" : array(inner[0]);
    throw new Error(`types.mjs does not know the type ${name}<…>`);
  };
  const array = (inner) => (/[ |]/.test(inner) ? `Array<${inner}>` : `${inner}[]`);
  const member = (doc) => {
    const name = camel(next());
    next(":");
    return { doc, name, type: type() };
  };
  const variantCase = (doc) => {
    const tag = next();
    if (peek() !== "(") return { doc, tag };
    next("(");
    const val = type();
    next(")");
    return { doc, tag, val };
  };
  const item = (doc) => {
    const kind = next();
    if (kind === "use") {
      const from = next();
      next(".");
      next("{");
      const names = list("}", () => pascal(next()));
      next(";");
      return { kind, from, names };
    }
    if (kind === "type") {
      const name = pascal(next());
      next("=");
      const is = type();
      next(";");
      return { kind, doc, name, type: is };
    }
    if (["record", "variant", "enum"].includes(kind)) {
      const name = pascal(next());
      next("{");
      const part = { record: member, variant: variantCase, enum: (said) => ({ doc: said, tag: next() }) }[kind];
      return { kind, doc, name, parts: list("}", part) };
    }
    const name = camel(kind);
    next(":");
    next("func");
    next("(");
    const params = list(")", member);
    let result = "void";
    if (peek() === "->") {
      next();
      result = type();
    }
    next(";");
    return { kind: "func", doc, name, params, result };
  };

  const found = [];
  while (peek() !== undefined) {
    const doc = documented();
    const word = next();
    if (word === "@") {
      // A gate such as @since(version = 0.1.1): what it stands before is there.
      next();
      next("(");
      while (next() !== ")");
      docs = doc;
    } else if (word === "interface") {
      const name = next();
      next("{");
      const items = [];
      while (peek() !== "}") {
        const said = documented();
        if (peek() === "@") {
          while (next() !== ")");
          docs = said;
          continue;
        }
        items.push(item(said));
      }
      docs = [];
      next("}");
      found.push({ name, doc, items });
    } else if (word === "world") {
      while (next() !== "}");
    } else if (word === "package") {
      while (next() !== ";");
    } else {
      throw new Error(`types.mjs does not know what "${word}" is in wit/`);
    }
  }
  return found;
}

const comment = (lines, indent) => {
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd() + "\n").join("")}${indent} */\n`;
};

function declared(item) {
  const head = (text) => comment(item.doc, "  ") + text;
  switch (item.kind) {
    case "use":
      return `  import { ${item.names.map((name) => `type ${name}`).join(", ")} } from "ponte:flow/${item.from}";\n`;
    case "type":
      return head(`  export type ${item.name} = ${item.type};\n`);
    case "record":
      return head(`  export interface ${item.name} {\n${item.parts.map((part) => `${comment(part.doc, "    ")}    ${part.name}: ${part.type};\n`).join("")}  }\n`);
    case "enum":
      return head(`  export type ${item.name} =\n${item.parts.map((part) => `${comment(part.doc, "    ")}    | "${part.tag}"`).join("\n")};\n`);
    case "variant":
      return head(`  export type ${item.name} =\n${item.parts.map((part) => `${comment(part.doc, "    ")}    | { tag: "${part.tag}"; val${part.val ? "" : "?"}: ${part.val ?? "undefined"} }`).join("\n")};\n`);
    default: {
      const params = item.params.map((param) => `${param.name}: ${param.type}`).join(", ");
      // `delete` is a word of JavaScript's own.
      return item.name === "delete"
        ? head(`  function remove(${params}): ${item.result};\n  export { remove as delete };\n`)
        : head(`  export function ${item.name}(${params}): ${item.result};\n`);
    }
  }
}

/** The types of the contract in a folder. */
export function types(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".wit")).sort();
  const modules = files
    .flatMap((name) => interfaces(readFileSync(join(folder, name), "utf8")))
    .map(({ name, doc, items }) => `${comment(doc, "")}declare module "ponte:flow/${name}" {\n${items.map(declared).join("\n")}}\n`);
  return `// Made of wit/ by types.mjs; do not edit.\n\n${modules.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = types(join(SDK, "../../../wit"));
  if (!process.argv.includes("--check")) {
    writeFileSync(OUT, made);
  } else if (readFileSync(OUT, "utf8") !== made) {
    process.stderr.write("src/contract.d.ts is not what wit/ says: run `node plugins/sdk/js/types.mjs`\n");
    process.exitCode = 1;
  }
}
