import type { User } from "../../../accounts/people/user.ts";
import { USER_CHANGE, USER_ENTRY, type UserEntry } from "../../contract/operator.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import type { ControlDeps } from "../../operation.ts";
import { HttpError } from "../http-error.ts";
import { ID_CURSOR, pageBefore } from "../page.ts";
import { areaOf } from "../route.ts";
import { TEXT } from "../text-query.ts";
import { iso } from "../views.ts";

const area = areaOf("Operator: users");

function userView(user: User): UserEntry {
  return {
    id: user.userId,
    email: user.email,
    email_verified: user.emailVerifiedAt !== undefined,
    phone: user.phone ?? null,
    phone_verified: user.phoneVerifiedAt !== undefined,
    display_name: user.displayName,
    operator: user.operator,
    created_at: new Date(user.createdAt).toISOString(),
    disabled_at: iso(user.disabledAt),
  };
}

async function requireUser({ people }: ControlDeps, userId: string): Promise<User> {
  const user = await people.store.users.find({ userId });
  if (user) return user;
  throw new HttpError("not_found", `There is no user ${userId}; list them to see their ids.`);
}

export const OPERATOR_USER_ROUTES = [
  area.operator({
    method: "get",
    path: "/users",
    requires: "operator:accounts:read",
    summary: "All users",
    description: "The newest first.",
    query: { ...PAGE, text: TEXT.describe("Part of the e-mail address or the name.") },
    answer: pageOf(USER_ENTRY),
    handle: ({ deps: { control }, query }) =>
      pageBefore(query, ID_CURSOR, {
        fetch: async (limit, beforeId) =>
          await control.people.store.users.list({ text: query.text, beforeId, limit }),
        id: ({ userId }) => userId,
        view: userView,
      }),
  }),
  area.operator({
    method: "patch",
    path: "/users/{id}",
    requires: "operator:accounts:write",
    summary: "Make a user an operator, or disable one",
    description:
      "A disabled user is signed out everywhere, and nothing signs them in. Nobody changes themselves here.",
    params: { id: ID },
    body: USER_CHANGE,
    answer: USER_ENTRY,
    errors: ["not_found", "conflict"],
    audit: "users.change",
    async handle({ deps: { control }, caller, params, body: { operator, disabled }, now, note }) {
      const user = await requireUser(control, params.id);
      if (caller.kind === "user" && caller.userId === user.userId)
        throw new HttpError("conflict", "Nobody makes or disables themselves; let another operator do it.");
      const { users, sessions } = control.people.store;
      await users.change(user.userId, {
        ...(operator !== undefined && { operator }),
        ...(disabled !== undefined && { disabledAt: disabled ? (user.disabledAt ?? now) : undefined }),
      });
      if (disabled) await sessions.endAll(user.userId, undefined);
      const before = { operator: user.operator, disabled: user.disabledAt !== undefined };
      note({ target: user.userId, before, after: { operator, disabled } });
      return userView(await requireUser(control, user.userId));
    },
  }),
];
