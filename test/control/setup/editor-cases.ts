import type { Format } from "../../../src/control/setup/editor/job.ts";
import type { Edit } from "../../../src/control/setup/editor/text.ts";

export interface EditorCase {
  readonly name: string;
  readonly format: Exclude<Format, "profile">;
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly expected: string;
}

const set = (path: readonly string[], value: string | number | boolean): Edit => ({ op: "set", path, value });
const items = (values: Extract<Edit, { op: "items" }>["values"]): Edit => ({
  op: "items",
  path: ["models"],
  id: "model",
  owner: "base",
  owners: ["http://gw/v1", "http://gw2/v1"],
  values,
});
const M1 = { model: "m1", base: "http://gw/v1", key: "K" };
const M2 = { model: "m2", base: "http://gw/v1", key: "K" };

function casesOf(format: EditorCase["format"], rows: readonly Omit<EditorCase, "format">[]): EditorCase[] {
  return rows.map((row) => ({ ...row, format }));
}

const JSON_CASES = casesOf("json", [
  {
    name: "an empty file",
    text: "",
    edits: [set(["env", "A"], "1")],
    expected: '{\n  "env": {\n    "A": "1"\n  }\n}\n',
  },
  {
    name: "an empty file with a byte order mark",
    text: "\uFEFF",
    edits: [set(["a"], 1)],
    expected: '\uFEFF{\n  "a": 1\n}\n',
  },
  {
    name: "comments stay where they are",
    text: '// top\n{\n  // first\n  "a": 1, // of a\n  /* b */ "b": 2 // of b\n  // last\n}\n',
    edits: [set(["c"], 3), set(["a"], 10)],
    expected:
      '// top\n{\n  // first\n  "a": 10, // of a\n  /* b */ "b": 2, // of b\n  "c": 3\n  // last\n}\n',
  },
  {
    name: "tabs",
    text: '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n',
    edits: [set(["a", "c"], true), set(["d", "e"], "x")],
    expected: '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": true\n\t},\n\t"d": {\n\t\t"e": "x"\n\t}\n}\n',
  },
  {
    name: "four spaces, CRLF and a byte order mark",
    text: '\uFEFF{\r\n    "a": 1\r\n}\r\n',
    edits: [set(["b", "c"], 2)],
    expected: '\uFEFF{\r\n    "a": 1,\r\n    "b": {\r\n        "c": 2\r\n    }\r\n}\r\n',
  },
  {
    name: "trailing commas",
    text: '{\n  "a": 1,\n  "l": [1, 2,],\n}',
    edits: [set(["b"], 2)],
    expected: '{\n  "a": 1,\n  "l": [1, 2,],\n  "b": 2,\n}',
  },
  {
    name: "one line",
    text: '{"a":1}',
    edits: [set(["b"], "x"), set(["a"], 1)],
    expected: '{"a":1, "b": "x"}',
  },
  {
    name: "one line with a trailing comma",
    text: "{'a':1,}",
    edits: [set(["b"], 2)],
    expected: "{'a':1, \"b\": 2,}",
  },
  {
    name: "an empty object inside",
    text: '{\n  "env": {},\n  "z": 0\n}',
    edits: [set(["env", "A"], "x")],
    expected: '{\n  "env": {\n    "A": "x"\n  },\n  "z": 0\n}',
  },
  {
    name: "an object that holds a comment only",
    text: '{\n  "env": {\n    // nothing yet\n  }\n}',
    edits: [set(["env", "A"], "x")],
    expected: '{\n  "env": {\n    // nothing yet\n    "A": "x"\n  }\n}',
  },
  {
    name: "JSON5 names, hexadecimal numbers",
    text: "{ a: 0x10, 'b': +1.5 }",
    edits: [set(["b"], 2)],
    expected: "{ a: 0x10, 'b': 2 }",
  },
  {
    name: "escapes and other scripts",
    text: '{\n  "n\\u00e4me": "日本 \\"x\\"",\n  "k": "old"\n}\n',
    edits: [set(["näme"], "ü"), set(["k"], "new")],
    expected: '{\n  "n\\u00e4me": "ü",\n  "k": "new"\n}\n',
  },
  {
    name: "a value that is there already",
    text: '{ "a" : { "b" : [1,  2] } }',
    edits: [set(["a", "b"], [1, 2] as never)],
    expected: '{ "a" : { "b" : [1,  2] } }',
  },
  {
    name: "the last of doubled names",
    text: '{"a":1,"a":2}',
    edits: [set(["a"], 3)],
    expected: '{"a":1,"a":3}',
  },
  {
    name: "default sets what is absent only",
    text: '{"a":1}',
    edits: [
      { op: "default", path: ["a"], value: 2 },
      { op: "default", path: ["b"], value: 2 },
    ],
    expected: '{"a":1, "b": 2}',
  },
  {
    name: "unset in the middle",
    text: '{\n  "a": 1,\n  "b": 2, // of b\n  "c": 3\n}',
    edits: [{ op: "unset", path: ["b"] }],
    expected: '{\n  "a": 1,\n  "c": 3\n}',
  },
  {
    name: "unset the last",
    text: '{\n  "a": 1, // of a\n  "b": 2\n}',
    edits: [{ op: "unset", path: ["b"] }],
    expected: '{\n  "a": 1 // of a\n}',
  },
  {
    name: "unset on one line, and what is not there",
    text: '{"a":1, "b":2, "c":3}',
    edits: [
      { op: "unset", path: ["b"] },
      { op: "unset", path: ["x", "y"] },
    ],
    expected: '{"a":1, "c":3}',
  },
  {
    name: "a list that is not there",
    text: "{}",
    edits: [items([M1])],
    expected:
      '{\n  "models": [\n    {\n      "model": "m1",\n      "base": "http://gw/v1",\n      "key": "K"\n    }\n  ]\n}',
  },
  {
    name: "entries of a list: in place, added, dropped; others stay",
    text: '{\n  "models": [\n    { "model": "mine", "base": "http://else" }, // own\n    { "model": "m1", "base": "http://gw2/v1", "key": "old", "extra": 1 },\n    { "model": "gone", "base": "http://gw/v1" }\n  ]\n}\n',
    edits: [items([M1, M2])],
    expected:
      '{\n  "models": [\n    { "model": "mine", "base": "http://else" }, // own\n    { "model": "m1", "base": "http://gw/v1", "key": "K", "extra": 1 },\n    {\n      "model": "m2",\n      "base": "http://gw/v1",\n      "key": "K"\n    }\n  ]\n}\n',
  },
  {
    name: "doubled entries of ours become one",
    text: '{"models":[{"model":"m1","base":"http://gw/v1","key":"a"},{"model":"m1","base":"http://gw/v1","key":"b"}]}',
    edits: [items([M1])],
    expected: '{"models":[{"model":"m1","base":"http://gw/v1","key":"K"}]}',
  },
]);

const TOML_CASES = casesOf("toml", [
  {
    name: "an empty file",
    text: "",
    edits: [set(["model"], "m"), set(["p", "q", "url"], "u")],
    expected: 'model = "m"\n\n[p.q]\nurl = "u"\n',
  },
  {
    name: "comments, order and foreign tables stay",
    text: '# mine\nmodel = "old" # why\napproval = "never"\n\n# servers\n[mcp.x]\ncommand = "npx"\nargs = [\n  "a", # first\n  "b",\n]\n',
    edits: [
      set(["model"], "new"),
      set(["model_provider"], "gw"),
      set(["model_providers", "gw", "name"], "GW"),
      set(["model_providers", "gw", "base"], "u"),
    ],
    expected:
      '# mine\nmodel = "new" # why\napproval = "never"\nmodel_provider = "gw"\n\n# servers\n[mcp.x]\ncommand = "npx"\nargs = [\n  "a", # first\n  "b",\n]\n\n[model_providers.gw]\nname = "GW"\nbase = "u"\n',
  },
  {
    name: "no settings before the first table",
    text: "# head\n\n# of t\n[t]\na = 1\n",
    edits: [set(["model"], "m")],
    expected: '# head\n\nmodel = "m"\n\n# of t\n[t]\na = 1\n',
  },
  {
    name: "a table in the middle",
    text: '[p.gw]\nname = "x"\n\n[z]\na = 1\n',
    edits: [set(["p", "gw", "url"], "u")],
    expected: '[p.gw]\nname = "x"\nurl = "u"\n\n[z]\na = 1\n',
  },
  {
    name: "quoted names, CRLF, no line end at the end",
    text: '[models."gw/m"]\r\nctx = 1_000',
    edits: [set(["models", "gw/m", "ctx"], 5), set(["models", "gw/m", "id"], "m")],
    expected: '[models."gw/m"]\r\nctx = 5\r\nid = "m"',
  },
  {
    name: "dotted names and long texts",
    text: "a.b.c = 'old'\nt = '''\n[not.a.table]\n'''\n[a]\n",
    edits: [set(["a", "b", "c"], "new"), set(["a", "d"], 1)],
    expected: "a.b.c = \"new\"\nt = '''\n[not.a.table]\n'''\n[a]\nd = 1\n",
  },
  {
    name: "a byte order mark",
    text: "\uFEFF[t]\na = 1\n",
    edits: [set(["m"], "x")],
    expected: '\uFEFFm = "x"\n\n[t]\na = 1\n',
  },
  {
    name: "the same text in other quotes stays",
    text: "model = 'm'\nday = 2026-01-01 10:00:00Z\nf = +1.5e3\n",
    edits: [set(["model"], "m")],
    expected: "model = 'm'\nday = 2026-01-01 10:00:00Z\nf = +1.5e3\n",
  },
  {
    name: "unset and default",
    text: "a = 1\nb = 2\n",
    edits: [
      { op: "unset", path: ["a"] },
      { op: "default", path: ["b"], value: 3 },
    ],
    expected: "b = 2\n",
  },
  {
    name: "inline tables and lists of tables elsewhere",
    text: 'x = { a = 1, "b" = [1, 2] }\n[[h]]\nn = 1\n[[h]]\nn = 2\n',
    edits: [set(["m"], "v")],
    expected: 'x = { a = 1, "b" = [1, 2] }\nm = "v"\n[[h]]\nn = 1\n[[h]]\nn = 2\n',
  },
]);

const YAML_CASES = casesOf("yaml", [
  {
    name: "an empty file",
    text: "",
    edits: [set(["A"], "x"), items([M1])],
    expected: "A: x\nmodels:\n  - model: m1\n    base: http://gw/v1\n    key: K\n",
  },
  {
    name: "comments and foreign settings stay",
    text: "# head\nname: Mine # n\nGOOSE_MODEL: 'old' # why\nextensions:\n  dev:\n    enabled: true\n    cmd: |\n      GOOSE_MODEL: no\n",
    edits: [set(["GOOSE_MODEL"], "new"), set(["GOOSE_PROVIDER"], "gw")],
    expected:
      "# head\nname: Mine # n\nGOOSE_MODEL: new # why\nextensions:\n  dev:\n    enabled: true\n    cmd: |\n      GOOSE_MODEL: no\nGOOSE_PROVIDER: gw\n",
  },
  {
    name: "entries: in place, added, dropped; others stay",
    text: "name: c\nmodels:\n  # own\n  - name: mine\n    model: m1\n    base: http://else\n  - model: m1 # ours\n    base: http://gw2/v1\n    roles: [chat, edit]\n\n  - model: gone\n    base: http://gw/v1\n\n# rules\nrules:\n  - be kind\n",
    edits: [items([M1, M2])],
    expected:
      "name: c\nmodels:\n  # own\n  - name: mine\n    model: m1\n    base: http://else\n  - model: m1 # ours\n    base: http://gw/v1\n    roles: [chat, edit]\n    key: K\n  - model: m2\n    base: http://gw/v1\n    key: K\n\n\n# rules\nrules:\n  - be kind\n",
  },
  {
    name: "a list at the key's own column, CRLF",
    text: "models:\r\n- model: a\r\n  base: x\r\nz: 1\r\n",
    edits: [items([M1])],
    expected:
      "models:\r\n- model: a\r\n  base: x\r\n- model: m1\r\n  base: http://gw/v1\r\n  key: K\r\nz: 1\r\n",
  },
  {
    name: "an empty list in brackets",
    text: "models: [] # none\nz: 1\n",
    edits: [items([M1])],
    expected: "models:  # none\n  - model: m1\n    base: http://gw/v1\n    key: K\nz: 1\n",
  },
  {
    name: "no line end at the end, quoted names",
    text: '---\n"A": "1"\n\'b\': it\'s',
    edits: [set(["A"], "two words"), set(["b"], "true")],
    expected: '---\n"A": "two words"\n\'b\': "true"',
  },
  {
    name: "values over lines",
    text: 'a: one\n  two\nb: "x\n  y"\nc: {p: 1,\n  q: 2}\n',
    edits: [set(["a"], "z"), set(["c"], "w")],
    expected: 'a: z\nb: "x\n  y"\nc: w\n',
  },
  {
    name: "a name without a value; numbers and words",
    text: "a:\nb: 5\nc: true\n",
    edits: [set(["a"], "x"), set(["b"], 5), set(["c"], true)],
    expected: "a: x\nb: 5\nc: true\n",
  },
  {
    name: "default and unset",
    text: "a: 1\nb: >-\n  long\n  text\nc: 2\n",
    edits: [
      { op: "default", path: ["a"], value: 2 },
      { op: "unset", path: ["b"] },
    ],
    expected: "a: 1\nc: 2\n",
  },
]);

const DOTENV_CASES = casesOf("dotenv", [
  {
    name: "an empty file",
    text: "",
    edits: [set(["A"], "http://x/v1"), set(["B"], "a b")],
    expected: 'A=http://x/v1\nB="a b"\n',
  },
  {
    name: "in place, with comments, export and quotes",
    text: "# mine\nexport A='old' # why\nB=2",
    edits: [set(["A"], "new"), set(["C"], "3")],
    expected: "# mine\nexport A=new # why\nB=2\nC=3\n",
  },
  {
    name: "the last assignment counts; CRLF",
    text: "A=1\r\nA=2\r\n",
    edits: [set(["A"], "3"), { op: "default", path: ["A"], value: "4" }],
    expected: "A=1\r\nA=3\r\n",
  },
  {
    name: "a value over lines is one value",
    text: 'P="x\nA=no\n"\nA=1\n',
    edits: [set(["A"], "2"), { op: "unset", path: ["P"] }],
    expected: "A=2\n",
  },
]);

export const CASES: readonly EditorCase[] = [...JSON_CASES, ...TOML_CASES, ...YAML_CASES, ...DOTENV_CASES];

/** Files that must be refused, with the line and a word of the reason. */
export const BROKEN: readonly {
  format: EditorCase["format"];
  text: string;
  path?: readonly string[];
  line: number;
  says: string;
}[] = [
  { format: "json", text: '{\n  "a": 1\n  "b": 2\n}', line: 2, says: "comma" },
  { format: "json", text: '{\n  "a": "x\n}', line: 2, says: "not closed" },
  { format: "json", text: '{\n  "a": 1,\n', line: 3, says: "not closed" },
  { format: "json", text: '{\n  "a" 1\n}', line: 2, says: "colon" },
  { format: "json", text: "{}\n}", line: 2, says: "follows" },
  { format: "json", text: '{\n "a": yes\n}', line: 2, says: "no value" },
  { format: "json", text: "{ /* x", line: 1, says: "comment" },
  { format: "json", text: "[1]", line: 1, says: "no {" },
  { format: "json", text: '{\n  "m": 5\n}', path: ["m", "x"], line: 2, says: "m is no {" },
  { format: "toml", text: "a = 1\nb = \n", line: 2, says: "missing" },
  { format: "toml", text: "[t\na = 1\n", line: 1, says: "closed" },
  { format: "toml", text: "a = 1\nb = 'x\n", line: 2, says: "not closed" },
  { format: "toml", text: "a = 1 2\n", line: 1, says: "follows" },
  { format: "toml", text: "a = 1\njust words\n", line: 2, says: "=" },
  { format: "toml", text: "l = [1, 2\n", line: 2, says: "comma" },
  { format: "toml", text: "\nm = { x = 1 }\n", path: ["m", "y"], line: 2, says: "as one value" },
  { format: "yaml", text: "a: 1\n\tb: 2\n", line: 2, says: "tab" },
  { format: "yaml", text: "a:\n    b: 1\n  c: 2\n", line: 3, says: "indented" },
  { format: "yaml", text: 'a: "x\nb: 2\n', line: 1, says: "not closed" },
  { format: "yaml", text: "a: 1\njust words\n", line: 2, says: "colon" },
  { format: "yaml", text: "a: b: c\n", line: 1, says: "quoted" },
  { format: "yaml", text: "a: [1, 2\n", line: 1, says: "not closed" },
  { format: "yaml", text: "a: 1\n  b: 2\n", line: 2, says: "belonged" },
  { format: "yaml", text: "a: 1\n---\nb: 2\n", line: 2, says: "second document" },
  { format: "dotenv", text: "A=1\nwhat is this\n", line: 2, says: "NAME=value" },
  { format: "dotenv", text: 'A="x\n', line: 1, says: "not closed" },
];
