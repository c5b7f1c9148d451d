import type { Route } from "./route.ts";
import { KEY_ROUTES } from "./routes/keys.ts";
import { META_ROUTES } from "./routes/meta.ts";
import { TOKEN_ROUTES } from "./routes/tokens.ts";

/** Every route of the management API, by area; the documents and the tests of tenancy are made of it. */
export const ROUTES: readonly Route[] = [...META_ROUTES, ...KEY_ROUTES, ...TOKEN_ROUTES];
