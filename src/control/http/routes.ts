import { PEOPLE_ROUTES } from "./people-routes.ts";
import type { Route } from "./route.ts";
import { KEY_ROUTES } from "./routes/keys.ts";
import { META_ROUTES } from "./routes/meta.ts";
import { MODEL_ROUTES } from "./routes/models.ts";
import { REQUEST_ROUTES } from "./routes/requests.ts";
import { TOKEN_ROUTES } from "./routes/tokens.ts";
import { USAGE_ROUTES } from "./routes/usage.ts";
import { WALLET_ROUTES } from "./routes/wallet.ts";

/** Every route of the management API, by area; the documents and the tests of tenancy are made of it. */
export const ROUTES: readonly Route[] = [
  ...META_ROUTES,
  ...KEY_ROUTES,
  ...WALLET_ROUTES,
  ...MODEL_ROUTES,
  ...TOKEN_ROUTES,
  ...REQUEST_ROUTES,
  ...USAGE_ROUTES,
  ...PEOPLE_ROUTES,
];
