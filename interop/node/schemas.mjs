// Holds ajv, in strict mode, against everything that is published: each schema compiles, each example fits, and the
// bodies of the test vectors get the verdict that ours gives them.
//
//     node schemas.mjs SCHEMAS [RECORDINGS]

import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [root, recordings] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.name.endsWith(".json")) yield path;
  }
}

const wrong = [];
const schemas = new Map();
for (const path of files(root)) {
  const content = read(path);
  if (content.$schema) schemas.set(relative(root, path).split(sep).join("/"), content);
}

const validators = new Map();
let examples = 0;
for (const [name, schema] of schemas) {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  let validate;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    wrong.push(`${name} does not compile: ${error.message}`);
    continue;
  }
  validators.set(name, validate);
  for (const [index, example] of (schema.examples ?? []).entries()) {
    examples += 1;
    if (!validate(example)) wrong.push(`${name}, example ${index}: ${ajv.errorsText(validate.errors)}`);
  }
}

let bodies = 0;
for (const { id, schema, body, fits } of vectors(root)) {
  bodies += 1;
  const found = validators.get(schema)?.(body);
  if (found !== fits) wrong.push(`${id}: ${schema} should ${fits ? "take" : "refuse"} it, and does not`);
}

let recorded = 0;
for (const { name, schema, body } of recordings ? recorded_bodies(recordings) : []) {
  recorded += 1;
  const validate = validators.get(schema);
  if (validate && !validate(body)) wrong.push(`${name}: ${schema}: ${JSON.stringify(validate.errors[0])}`);
}

console.log(`ajv: ${schemas.size} schemas, ${examples} examples, ${bodies} bodies, ${recorded} recorded bodies`);
if (schemas.size < 40 || examples < 40 || bodies < 100) wrong.push("too little was held against it");
wrong.forEach((line) => console.log(`WRONG ${line}`));
process.exit(wrong.length ? 1 : 0);

// The table that our own tests use: bodies.json says of each body whether the schema of its base takes it. A case is its
// base with at most one operation of JSON Patch, at a member of the whole. Formats are annotations in its verdicts, so
// that what only a format refuses is left out.
function vectors(folder) {
  const { bases, cases } = read(join(folder, "vectors", "bodies.json"));
  const named = new Map(bases.map((it) => [it.name, it]));
  return cases
    .filter((it) => it.fits !== null && !it.patch.some((change) => /^\d{4}-\d\d-\d\dT/.test(change.value)))
    .map(({ base, patch, fits }) => {
      const { schema, body } = named.get(base);
      const changed = { ...body };
      for (const { op, path, value } of patch) {
        const member = path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
        if (op === "remove") delete changed[member];
        else changed[member] = value;
      }
      return { id: `${base} ${JSON.stringify(patch)}`, schema, body: changed, fits };
    });
}

// Recorded answers of the live API, each with the schema that a client reads it by.
function recorded_bodies(folder) {
  const found = [];
  for (const path of files(folder)) {
    const content = read(path);
    const body = content.body === undefined ? content : JSON.parse(content.body);
    const schema = tolerant(body);
    if (schema) found.push({ name: relative(folder, path), schema, body });
  }
  return found;
}

function tolerant(body) {
  switch (body.object) {
    case "document":
      return body.deleted ? "tolerant/destroy-answer.json" : "tolerant/document.json";
    case "dispute":
    case "error":
      return `tolerant/${body.object}.json`;
    case "list":
      return body.location.endsWith("/documents") ? "tolerant/document-list.json" : "tolerant/dispute-list.json";
    default:
      return undefined;
  }
}
