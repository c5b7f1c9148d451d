import { acceptInvitation, findInvitation, invite } from "../../../accounts/people/invitations.ts";
import { guardOwners } from "../../../accounts/people/organisations.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import { INVITATION, INVITATION_LOOK, ME, NEW_INVITATION, ONE_TOKEN } from "../../contract/people.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { invitationView, meView } from "../people-views.ts";
import { areaOf } from "../route.ts";
import { requireSignedIn } from "../session-identity.ts";
import { mayMakeOwners } from "./members.ts";

const area = areaOf("Invitations");

export const INVITATION_ROUTES = [
  area.account({
    method: "get",
    path: "/invitations",
    requires: "members:read",
    summary: "Open invitations",
    description: "The newest first.",
    query: PAGE,
    answer: pageOf(INVITATION),
    async handle({ deps, account, query, now }) {
      const found = await deps.control.people.store.organisations.invitations(account.accountId, now);
      return pageFrom(found, query, { id: ({ invitationId }) => invitationId, view: invitationView });
    },
  }),
  area.account({
    method: "post",
    path: "/invitations",
    requires: "members:write",
    summary: "Invite somebody",
    description: "By a mail with a link, good for seven days. Only owners invite owners.",
    status: 201,
    body: NEW_INVITATION,
    answer: INVITATION,
    errors: ["conflict", "rate_limited"],
    audit: "invitations.create",
    async handle({ deps, caller, account: { accountId }, body, note }) {
      const { people } = deps.control;
      guardOwners([body.role], mayMakeOwners(caller, accountId));
      const found = await people.store.organisations.find(accountId);
      const inviter =
        caller.kind === "user" ? await people.store.users.find({ userId: caller.userId }) : undefined;
      const wish = { ...body, accountId, accountName: found?.displayName, inviter };
      const { link: _, ...made } = await invite(people, wish);
      note({ target: made.invitationId, after: body });
      return invitationView(made);
    },
  }),
  area.account({
    method: "delete",
    path: "/invitations/{id}",
    requires: "members:write",
    summary: "Take an invitation back",
    description: "Its link is void.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found"],
    audit: "invitations.revoke",
    async handle({ deps, account: { accountId }, params, note, now }) {
      const { organisations } = deps.control.people.store;
      if (!(await organisations.revokeInvitation(accountId, params.id, now)))
        throw new HttpError("not_found", "There is no such open invitation here; the list shows them.");
      note({ target: params.id });
      return IS_DONE;
    },
  }),
  area.open({
    method: "post",
    path: "/auth/invitation/look",
    summary: "What an invitation is to",
    description: "By the token of its link.",
    body: ONE_TOKEN,
    answer: INVITATION_LOOK,
    errors: ["expired"],
    audit: false,
    async handle({ deps, body }) {
      const { people } = deps.control;
      const { email, role, accountName, expiresAt } = await findInvitation(people, body.token);
      const known = (await people.store.users.find({ email })) !== undefined;
      const account = accountName === undefined ? null : { display_name: accountName };
      return { email, role, account, expires_at: new Date(expiresAt).toISOString(), known };
    },
  }),
  area.session({
    method: "post",
    path: "/invitations/accept",
    summary: "Accept an invitation",
    description: "To the address of who is signed in.",
    body: ONE_TOKEN,
    answer: ME,
    errors: ["expired"],
    audit: "invitations.accept",
    async handle({ deps, body, request, address, note }) {
      const { people } = deps.control;
      const { user } = await requireSignedIn(people, request, address);
      const { accountId, invitationId, role } = await acceptInvitation(people, user, body.token);
      note({ accountId, target: invitationId, after: { role } });
      return await meView(people, await requireSignedIn(people, request, address));
    },
  }),
];
