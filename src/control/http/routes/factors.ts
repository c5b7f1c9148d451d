import {
  addPasskey,
  confirmTotp,
  renewRecoveryCodes,
  startPasskey,
  startTotp,
  turnTotpOff,
} from "../../../accounts/people/factors.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import {
  CONFIRM,
  NEW_PASSKEY,
  ONE_CODE,
  PASSKEY,
  PASSKEY_QUESTION,
  PROVIDER,
  RECOVERY_CODES,
  TOTP_OFF,
  TOTP_START,
} from "../../contract/people.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { passkeyView } from "../people-views.ts";
import { areaOf } from "../route.ts";
import { peopleOf, signedInOf } from "./me.ts";

const area = areaOf("Me");
const CONFIRMED = ["confirm", "conflict", "rate_limited"] as const;

export const FACTOR_ROUTES = [
  area.session({
    method: "post",
    path: "/me/totp",
    summary: "Begin to use an authenticator app",
    description: "Answers the app's secret; nothing is asked for until a code confirms it.",
    body: CONFIRM,
    answer: TOTP_START,
    errors: CONFIRMED,
    audit: false,
    handle: async (call) => await startTotp(peopleOf(call), await signedInOf(call), call.body.password),
  }),
  area.session({
    method: "post",
    path: "/me/totp/confirm",
    summary: "Turn the authenticator app on",
    description: "By a code of it. Answers recovery codes.",
    body: ONE_CODE,
    answer: RECOVERY_CODES,
    errors: ["wrong_code", "conflict", "rate_limited"],
    audit: "me.totp_on",
    handle: async (call) => ({
      recovery_codes: await confirmTotp(peopleOf(call), await signedInOf(call), call.body.code),
    }),
  }),
  area.session({
    method: "post",
    path: "/me/totp/off",
    summary: "Turn the authenticator app off",
    description: "By a code of it, or a recovery code.",
    body: TOTP_OFF,
    answer: DONE,
    errors: [...CONFIRMED, "wrong_code"],
    audit: "me.totp_off",
    async handle(call) {
      await turnTotpOff(peopleOf(call), await signedInOf(call), call.body.password, call.body.code);
      return IS_DONE;
    },
  }),
  area.session({
    method: "post",
    path: "/me/totp/recovery-codes",
    summary: "New recovery codes",
    description: "The old ones are void.",
    body: CONFIRM,
    answer: RECOVERY_CODES,
    errors: CONFIRMED,
    audit: "me.recovery_codes",
    handle: async (call) => ({
      recovery_codes: await renewRecoveryCodes(peopleOf(call), await signedInOf(call), call.body.password),
    }),
  }),
  area.session({
    method: "get",
    path: "/me/passkeys",
    summary: "My passkeys",
    description: "The oldest first.",
    query: PAGE,
    answer: pageOf(PASSKEY),
    async handle(call) {
      const found = await peopleOf(call).store.factors.passkeys(call.caller.userId);
      return pageFrom(found, call.query, { id: ({ passkeyId }) => passkeyId, view: passkeyView });
    },
  }),
  area.session({
    method: "post",
    path: "/me/passkeys/options",
    summary: "Begin to add a passkey",
    description: "What the browser asks the authenticator.",
    body: CONFIRM,
    answer: PASSKEY_QUESTION,
    errors: CONFIRMED,
    audit: false,
    async handle(call) {
      const asked = await startPasskey(peopleOf(call), await signedInOf(call), call.body.password);
      return { challenge: asked.challenge, options: { ...asked.options } };
    },
  }),
  area.session({
    method: "post",
    path: "/me/passkeys",
    summary: "Add a passkey",
    description: "By the authenticator's answer.",
    status: 201,
    body: NEW_PASSKEY,
    answer: PASSKEY,
    errors: ["wrong_credentials", "conflict"],
    audit: "me.add_passkey",
    async handle(call) {
      const { challenge, name, response } = call.body;
      const made = await addPasskey(peopleOf(call), await signedInOf(call), challenge, name, response);
      call.note({ target: made.passkeyId, after: { name } });
      return passkeyView(made);
    },
  }),
  area.session({
    method: "delete",
    path: "/me/passkeys/{id}",
    summary: "Remove a passkey",
    description: "It signs nobody in from then on.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found"],
    audit: "me.remove_passkey",
    async handle(call) {
      if (!(await peopleOf(call).store.factors.removePasskey(call.caller.userId, call.params.id)))
        throw new HttpError("not_found", "There is no such passkey of yours; the list shows them.");
      call.note({ target: call.params.id });
      return IS_DONE;
    },
  }),
  area.session({
    method: "delete",
    path: "/me/identities/{provider}",
    summary: "Sign in with another service no more",
    description: "Refused where it is the only way to sign in.",
    params: { provider: PROVIDER },
    answer: DONE,
    errors: ["not_found", "conflict"],
    audit: "me.remove_identity",
    async handle(call) {
      const { users, factors } = peopleOf(call).store;
      const { user } = await signedInOf(call);
      const ways = [
        ...(user.passwordHash === undefined ? [] : ["password"]),
        ...(await factors.passkeys(user.userId)),
        ...(await users.identities(user.userId)).filter((one) => one !== call.params.provider),
      ];
      if (ways.length === 0)
        throw new HttpError("conflict", "It is the only way you sign in by; choose a password first.");
      if (!(await users.removeIdentity(user.userId, call.params.provider)))
        throw new HttpError("not_found", `You do not sign in with ${call.params.provider}.`);
      call.note({ target: call.params.provider });
      return IS_DONE;
    },
  }),
];
