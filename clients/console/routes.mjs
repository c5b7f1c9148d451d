// Every page that the console has, read from its sources: a page that is added is visited, or the test fails.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const SOURCES = resolve(import.meta.dirname, "../../console/src");

/** Files with a table of pages, and what stands before their paths. */
const TABLES = {
  "outside-routes.tsx": "",
  "inside-routes.tsx": "/o/{account}",
  "app.tsx": "",
  "pages/operator/operator-pages.tsx": "/operator",
  "pages/operator/accounts/account.tsx": "/operator/accounts/{accountId}",
};

/** Pages of a name, whose path is written elsewhere; null: only shown in a state that another script makes. */
const NAMED = {
  ProfilePage: "/profile",
  // Where quoin.yaml says, not below /console.
  TrialPage: "/../free-key",
  PhonePage: null,
  WelcomePage: null,
  OperatorPages: null,
};

/** What a link to a page carries; without it the page leads away, or says so. */
const HASHES = {
  "/verify": "#01a1fdea9d8d726dabfeb72a1c207f9d",
  "/second-factor": "#01a1fdea9d8d726dabfeb72a1c207f9d",
};

/** What stands for the variable parts of paths. */
const VALUES = {
  "/o/{account}/requests/:id?": "/o/{account}/requests/{request}",
  "/operator/requests/:id?": "/operator/requests/{request}",
  "/operator/accounts/:id/*?": "/operator/accounts/{accountId}",
  "/operator/accounts/{accountId}/requests/:id?": "/operator/accounts/{accountId}/requests/{request}",
  "/operator/accounts/:id": "/operator/accounts/{accountId}",
};

/** Forms that open by their page's address. */
const FORMS = ["/operator/upstreams?new", "/operator/models?new", "/operator/plans?new"];

const PAGE = /(?:"(?<path>[^"]+)":|const (?<name>\w+) =) page\(\(\) =>\s*import\(/g;

function pathsOf(file) {
  const text = readFileSync(join(SOURCES, file), "utf8");
  const pages = [...text.matchAll(PAGE)].map(({ groups }) => groups);
  assert.equal(
    pages.length,
    text.split("import(").length - 1,
    `${file}: a page is not in a table of the known form`,
  );
  return pages.flatMap(({ path, name }) => {
    if (path !== undefined) return [`${TABLES[file]}${path}`];
    assert.ok(name in NAMED, `${file}: clients/console/routes.mjs does not know where ${name} is shown`);
    return NAMED[name] === null ? [] : [NAMED[name]];
  });
}

/** Paths below /console with `{account}`, `{accountId}` and `{request}` in them. */
export function allRoutes() {
  const files = readdirSync(SOURCES, { recursive: true }).filter((file) => file.endsWith(".tsx"));
  const withPages = files.filter((file) => /\bpage\(\(\) =>/.test(readFileSync(join(SOURCES, file), "utf8")));
  for (const file of withPages) assert.ok(file in TABLES, `clients/console/routes.mjs does not know ${file}`);
  const paths = [...withPages.flatMap(pathsOf), ...FORMS];
  return paths.flatMap((path) => {
    if (!path.includes(":") && !path.includes("*")) return [path + (HASHES[path] ?? "")];
    assert.ok(path in VALUES, `clients/console/routes.mjs has no value for ${path}`);
    const bare = path.replace(/\/:\w+\?$/, "");
    return bare === path ? [VALUES[path]] : [bare, VALUES[path]];
  });
}
