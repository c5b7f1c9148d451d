import type { UserCaller } from "../../../accounts/caller.ts";
import { claimOperator } from "../../../accounts/people/claim.ts";
import { finishEmailChange, startEmailChange } from "../../../accounts/people/email-changes.ts";
import { createAccount } from "../../../accounts/people/organisations.ts";
import { changePassword } from "../../../accounts/people/password-changes.ts";
import { sendPhoneCode, verifyOwnPhone } from "../../../accounts/people/phones.ts";
import type { UserChange } from "../../../accounts/people/store.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import {
  CHANGED,
  CLAIMED,
  CODE_SENT,
  EMAIL_CHANGE,
  ENDED,
  MADE_ACCOUNT,
  ME,
  NEW_ACCOUNT,
  NOTHING,
  ONE_PHONE,
  ONE_TOKEN,
  PASSWORD_CHANGE,
  PROFILE,
  PROOF,
  SESSION,
} from "../../contract/people.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { accountView, codeSentView, meView, sessionView } from "../people-views.ts";
import { areaOf, type Call } from "../route.ts";
import { originOf, requireSignedIn } from "../session-identity.ts";

const area = areaOf("Me");

export type OwnCall = Pick<
  Call<unknown, unknown, unknown, UserCaller, undefined>,
  "deps" | "request" | "address"
>;

export const peopleOf = ({ deps }: OwnCall) => deps.control.people;
export const signedInOf = (call: OwnCall) => requireSignedIn(peopleOf(call), call.request, call.address);
const meNow = async (call: OwnCall) => await meView(peopleOf(call), await signedInOf(call));
const whence = ({ request, address }: OwnCall) => originOf(request, address);

const CODED = ["expired", "wrong_code", "conflict"] as const;

export const ME_ROUTES = [
  area.session({
    method: "get",
    path: "/me",
    summary: "Who I am",
    description: "The user, this session, the accounts with the role in each, and what is missing.",
    answer: ME,
    handle: (call) => meNow(call),
  }),
  area.session({
    method: "patch",
    path: "/me",
    summary: "Change my name or language",
    description: "Absent fields stay as they are.",
    body: PROFILE,
    answer: ME,
    audit: "me.change",
    async handle(call) {
      const { display_name: displayName, locale } = call.body;
      const change: UserChange = {
        ...(displayName !== undefined && { displayName }),
        ...(locale !== undefined && { locale: locale ?? undefined }),
      };
      await peopleOf(call).store.users.change(call.caller.userId, change);
      call.note({ target: call.caller.userId, after: call.body });
      return await meNow(call);
    },
  }),
  area.session({
    method: "post",
    path: "/me/email",
    summary: "Begin to change my e-mail address",
    description: "Sends a code to the new address.",
    body: EMAIL_CHANGE,
    answer: CODE_SENT,
    errors: ["confirm", "rate_limited"],
    audit: false,
    async handle(call) {
      const { email, password } = call.body;
      const signedIn = await signedInOf(call);
      return codeSentView(await startEmailChange(peopleOf(call), signedIn, email, password, whence(call)));
    },
  }),
  area.session({
    method: "post",
    path: "/me/email/verify",
    summary: "Prove my new e-mail address",
    description: "From then on it is the one to sign in with; the old address is told.",
    body: PROOF,
    answer: ME,
    errors: CODED,
    audit: "me.change_email",
    async handle(call) {
      await finishEmailChange(peopleOf(call), await signedInOf(call), call.body.challenge, call.body.code);
      call.note({ target: call.caller.userId });
      return await meNow(call);
    },
  }),
  area.session({
    method: "post",
    path: "/me/phone/code",
    summary: "Send a code to my phone number",
    description: "One a minute, five a day to a number.",
    body: ONE_PHONE,
    answer: CODE_SENT,
    errors: ["rate_limited", "unavailable"],
    audit: false,
    async handle(call) {
      const { user } = await signedInOf(call);
      return codeSentView(await sendPhoneCode(peopleOf(call), call.body.phone, whence(call), user));
    },
  }),
  area.session({
    method: "post",
    path: "/me/phone/verify",
    summary: "Prove my phone number",
    description: "Brings the trial credit where that waited for a number.",
    body: PROOF,
    answer: ME,
    errors: CODED,
    audit: "me.change_phone",
    async handle(call) {
      const { user } = await signedInOf(call);
      await verifyOwnPhone(peopleOf(call), user, call.body.challenge, call.body.code);
      call.note({ target: user.userId });
      return await meNow(call);
    },
  }),
  area.session({
    method: "post",
    path: "/me/password",
    summary: "Change my password",
    description: "Ends all other sessions.",
    body: PASSWORD_CHANGE,
    answer: CHANGED,
    errors: ["confirm", "rate_limited"],
    audit: "me.change_password",
    async handle(call) {
      const { password, new_password } = call.body;
      await changePassword(peopleOf(call), await signedInOf(call), password, new_password);
      call.note({ target: call.caller.userId });
      return { status: "changed" } as const;
    },
  }),
  area.session({
    method: "get",
    path: "/me/sessions",
    summary: "Where I am signed in",
    description: "The last seen first.",
    query: PAGE,
    answer: pageOf(SESSION),
    async handle(call) {
      const { userId, sessionId } = call.caller;
      const found = await peopleOf(call).store.sessions.list(userId, call.now);
      const view = (row: (typeof found)[number]) => sessionView(row, sessionId);
      return pageFrom(found, call.query, { id: (row) => row.sessionId, view });
    },
  }),
  area.session({
    method: "delete",
    path: "/me/sessions/{id}",
    summary: "End one of my sessions",
    description: "It is refused from the next request on.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found"],
    audit: "me.end_session",
    async handle(call) {
      if (!(await peopleOf(call).store.sessions.end(call.caller.userId, call.params.id)))
        throw new HttpError("not_found", "There is no such session of yours; it may have ended.");
      call.note({ target: call.params.id });
      return IS_DONE;
    },
  }),
  area.session({
    method: "post",
    path: "/me/sessions/end-others",
    summary: "Sign out everywhere else",
    description: "All sessions but this one end.",
    body: NOTHING,
    answer: ENDED,
    audit: "me.end_sessions",
    async handle(call) {
      const { userId, sessionId } = call.caller;
      return { ended: await peopleOf(call).store.sessions.endAll(userId, sessionId) };
    },
  }),
  area.session({
    method: "post",
    path: "/me/accounts",
    summary: "Make another account",
    description: "With an empty wallet; the maker is its owner.",
    status: 201,
    body: NEW_ACCOUNT,
    answer: MADE_ACCOUNT,
    errors: ["conflict"],
    audit: "accounts.create",
    async handle(call) {
      const { user, accounts } = await signedInOf(call);
      const made = await createAccount(peopleOf(call), user, call.body.display_name, accounts.length);
      call.note({ accountId: made.accountId, target: made.accountId, after: call.body });
      return accountView(made);
    },
  }),
  area.session({
    method: "post",
    path: "/auth/claim",
    summary: "Become an operator",
    description: "By the claim link that the first start printed, or `quoin claim` prints.",
    body: ONE_TOKEN,
    answer: CLAIMED,
    errors: ["expired"],
    audit: "auth.claim",
    async handle(call) {
      const { user } = await signedInOf(call);
      await claimOperator(peopleOf(call), call.body.token, user);
      call.note({ target: user.userId });
      return { status: "claimed", me: await meNow(call) } as const;
    },
  }),
];
