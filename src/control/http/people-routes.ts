import type { Route } from "./route.ts";
import { AUTH_ROUTES } from "./routes/auth.ts";
import { FACTOR_ROUTES } from "./routes/factors.ts";
import { INVITATION_ROUTES } from "./routes/invitations.ts";
import { ME_ROUTES } from "./routes/me.ts";
import { MEMBER_ROUTES } from "./routes/members.ts";
import { OAUTH_ROUTES } from "./routes/oauth.ts";
import { OUTBOX_ROUTES } from "./routes/outbox.ts";

/** Who people are, and what they belong to. */
export const PEOPLE_ROUTES: readonly Route[] = [
  ...AUTH_ROUTES,
  ...OAUTH_ROUTES,
  ...ME_ROUTES,
  ...FACTOR_ROUTES,
  ...MEMBER_ROUTES,
  ...INVITATION_ROUTES,
  ...OUTBOX_ROUTES,
];
