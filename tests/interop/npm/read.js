// Reads exports as programs in JavaScript do: {"reader": NAME, "exports": [{file: text}, ...]} in, a JSON list of objects out.

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

// The packages lie where they were installed to, not beside this file.
const modules = pathToFileURL(`${process.argv[2]}/`);
const require = createRequire(modules);

const only = (files) => Object.values(files)[0];
const ending = (files, end) => Object.entries(files).find(([name]) => name.endsWith(end))[1];

const readers = {
  dotenv() {
    const { parse } = require("dotenv");
    return (files) => parse(only(files));
  },

  "js-yaml, bundle"() {
    const { load } = require("js-yaml");
    return (files) => {
      const [[target, { workspace }]] = Object.entries(load(files["databricks.yml"]).targets);
      const overrides = JSON.parse(files[`.databricks/bundle/${target}/vscode.overrides.json`]);
      assert.equal(overrides.authProfile, workspace.profile);
      return { target, profile: workspace.profile };
    };
  },

  "js-yaml, Insomnia 5"() {
    const { load } = require("js-yaml");
    return (files) => {
      const read = load(only(files));
      return { token: read.environments.data.token, "name of connection": read.name };
    };
  },

  "js-yaml, manifests"() {
    const { load } = require("js-yaml");
    return (files) => {
      const deployment = load(files["deployment.yaml"]);
      const { env } = deployment.spec.template.spec.containers[0];
      const { name } = env.find((it) => it.name === "DATABRICKS_TOKEN").valueFrom.secretKeyRef;
      const found = { name, namespace: deployment.metadata.namespace ?? "" };
      if (files["secret.yaml"]) {
        return { ...found, token: load(files["secret.yaml"]).stringData.DATABRICKS_TOKEN };
      }
      const { spec } = load(files["external-secret.yaml"]);
      return { ...found, remote_key: spec.data[0].remoteRef.key, store: spec.secretStoreRef.name };
    };
  },

  "insomnia-importers"() {
    const { convert } = require("insomnia-importers");
    return async (files) => {
      const { type, data } = await convert(only(files));
      assert.equal(type.id, "insomnia-4");
      const of = (kind) => data.resources.find((it) => it._type === kind);
      assert.equal(of("request").authentication.token, "{{ _.token }}");
      return { token: of("environment").data.token, "name of connection": of("workspace").name };
    };
  },

  "postman-collection"() {
    const { Collection, VariableScope } = require("postman-collection");
    return (files) => {
      const environment = new VariableScope(JSON.parse(ending(files, "environment.json")));
      const collection = new Collection(JSON.parse(ending(files, "collection.json")));
      const request = collection.items.idx(0).request;
      // As Postman sends it: variables put in, as often as there are any.
      const header = environment.replaceIn(collection.auth.parameters().get("token"));
      const url = environment.replaceIn(request.url.toString());
      assert(url.startsWith("https://adb-"), url);
      return { token: header, "name of connection": environment.name };
    };
  },

  "@usebruno/lang"() {
    const bruno = require("@usebruno/lang");
    return (files) => {
      const request = bruno.bruToJsonV2(files["request.bru"]);
      assert.equal(request.auth.bearer.token, "{{token}}");
      const environment = bruno.bruToEnvJsonV2(files["environments/databricks.bru"]);
      const token = environment.variables.find((it) => it.name === "token");
      if (token.secret) return {};
      assert.equal(token.value, "{{process.env.DATABRICKS_TOKEN}}");
      return { token: bruno.dotenvToJson(files[".env"]).DATABRICKS_TOKEN };
    };
  },

  async "@actions/workflow-parser"() {
    // It imports JSON as bundlers do.
    const hook = `export async function load(url, context, next) {
      if (!url.endsWith(".json")) return next(url, context);
      const { readFileSync } = await import("node:fs");
      return { format: "module", shortCircuit: true, source: "export default " + readFileSync(new URL(url), "utf8") };
    }`;
    register(`data:text/javascript,${encodeURIComponent(hook)}`);
    const at = (path) => import(new URL(`node_modules/@actions/workflow-parser/dist/${path}`, modules));
    const parser = await at("index.js");
    const { NoOperationTraceWriter } = await at("templates/trace-writer.js");
    return async (files) => {
      const parsed = parser.parseWorkflow({ name: "workflow.yml", content: only(files) }, new NoOperationTraceWriter());
      assert.deepEqual(parsed.context.errors.getErrors(), []);
      const template = await parser.convertWorkflowTemplate(parsed.context, parsed.value);
      assert.deepEqual(template.errors ?? [], []);
      const env = Object.fromEntries([...template.jobs[0].env].map(({ key, value }) => [key.value, value]));
      const texts = Object.entries(env).filter(([, value]) => !value.isExpression).map(([key, value]) => [key, value.value]);
      const secret = env.DATABRICKS_TOKEN.expression.match(/^secrets\.(\w+)$/);
      return { ...Object.fromEntries(texts), secret_name: secret[1] };
    };
  },

  "@microsoft/powerquery-parser"() {
    const { DefaultSettings, Language, TaskUtils } = require("@microsoft/powerquery-parser");
    return async (files) => {
      const { options, details } = JSON.parse(ending(files, ".pbids")).connections[0];
      const read = await TaskUtils.tryLexParse(DefaultSettings, ending(files, ".pq"));
      assert(TaskUtils.isParseStageOk(read), "it does not parse");
      const texts = [];
      for (const node of read.nodeIdMapCollection.astNodeById.values()) {
        if (node.kind === Language.Ast.NodeKind.LiteralExpression && node.literalKind === Language.Ast.LiteralKind.Text) {
          texts.push(Language.TextUtils.unescape(node.literal.slice(1, -1)));
        }
      }
      const { Catalog: catalog, Database: schema } = options;
      assert.deepEqual(texts, [details.address.host, details.address.path, catalog, schema].filter((it) => it));
      return { catalog, schema };
    };
  },
};

const asked = JSON.parse(readFileSync(0, "utf8"));
const read = await readers[asked.reader]();
const found = [];
for (const files of asked.exports) found.push(await read(files));
console.log(JSON.stringify(found));
