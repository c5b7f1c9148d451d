import type { Caller } from "../../../accounts/caller.ts";
import { askForPasskey, signInByPasskey } from "../../../accounts/people/factors.ts";
import { forgotPassword, resetPassword } from "../../../accounts/people/password-changes.ts";
import { sendPhoneCode, verifyPhone } from "../../../accounts/people/phones.ts";
import { findSession } from "../../../accounts/people/sessions.ts";
import { type SignInStep, secondFactor, signIn } from "../../../accounts/people/sign-in.ts";
import { resendCode, signUp, verifyEmail } from "../../../accounts/people/sign-up.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import {
  CHALLENGE,
  CHANGED,
  CODE_SENT,
  CREDENTIALS,
  NEW_PASSWORD,
  NEW_SIGN_UP,
  NOTHING,
  ONE_EMAIL,
  ONE_PHONE,
  PASSKEY_ANSWER,
  PASSKEY_QUESTION,
  PHONE_PROVEN,
  PROOF,
  SENT,
  SIGN_IN,
} from "../../contract/people.ts";
import { codeSentView, signInView } from "../people-views.ts";
import { areaOf, type Call } from "../route.ts";
import { originOf, sessionCookie } from "../session-identity.ts";

const area = areaOf("Signing in");

type OpenCall = Pick<
  Call<unknown, unknown, unknown, Caller | undefined, undefined>,
  "deps" | "request" | "address" | "headers" | "note"
>;

const whence = ({ request, address }: OpenCall) => originOf(request, address);
const peopleOf = ({ deps }: OpenCall) => deps.control.people;

/** The answer of every step of a sign-in, with its cookie and the audit's actor when it is done. */
async function answerStep(call: OpenCall, step: SignInStep) {
  const people = peopleOf(call);
  const find = (token: string) => findSession(people, token, whence(call));
  if (step.kind === "signed_in") call.note({ actor: `user:${step.userId}`, target: step.userId });
  return await signInView(people, step, find, call.headers);
}

const TRIED = ["rate_limited", "invalid"] as const;
const CODED = [...TRIED, "expired", "wrong_code"] as const;

export const AUTH_ROUTES = [
  area.open({
    method: "post",
    path: "/auth/sign-up",
    summary: "Sign up",
    description:
      "Answers `verify_email` for every address, known or not. An invitation to the address, or a claim link, signs in at once.",
    body: NEW_SIGN_UP,
    answer: SIGN_IN,
    errors: [...TRIED, "sign_up_closed", "conflict", "expired"],
    audit: "auth.sign_up",
    async handle(call) {
      const { email, password, locale, invitation, claim, ...rest } = call.body;
      const terms = {
        displayName: rest.display_name,
        locale,
        phoneProof: rest.phone_proof,
        invitation,
        claim,
      };
      return await answerStep(
        call,
        await signUp(peopleOf(call), { email, password, ...terms }, whence(call)),
      );
    },
  }),
  area.open({
    method: "post",
    path: "/auth/email/verify",
    summary: "Prove the address of a sign-up",
    description:
      "Makes the user, an account with its wallet, and the trial credit where one is due; signs in.",
    body: PROOF,
    answer: SIGN_IN,
    errors: [...CODED, "conflict", "sign_up_closed"],
    audit: "auth.verify_email",
    async handle(call) {
      const { challenge, code } = call.body;
      return await answerStep(call, await verifyEmail(peopleOf(call), challenge, code, whence(call)));
    },
  }),
  area.open({
    method: "post",
    path: "/auth/email/resend",
    summary: "Send the code of a sign-up again",
    description: "Another code to the same address; the one before is void.",
    body: CHALLENGE,
    answer: CODE_SENT,
    errors: [...TRIED, "expired"],
    audit: false,
    handle: async (call) => codeSentView(await resendCode(peopleOf(call), call.body.challenge, whence(call))),
  }),
  area.open({
    method: "post",
    path: "/auth/phone/code",
    summary: "Send a code to a phone number",
    description: "Before a sign-up that asks for a number. One a minute, five a day to a number.",
    body: ONE_PHONE,
    answer: CODE_SENT,
    errors: [...TRIED, "unavailable"],
    audit: false,
    handle: async (call) => codeSentView(await sendPhoneCode(peopleOf(call), call.body.phone, whence(call))),
  }),
  area.open({
    method: "post",
    path: "/auth/phone/verify",
    summary: "Prove a phone number",
    description: "Answers a proof for the sign-up, good for an hour and once.",
    body: PROOF,
    answer: PHONE_PROVEN,
    errors: CODED,
    audit: false,
    async handle(call) {
      const { phone, proof } = await verifyPhone(peopleOf(call), call.body.challenge, call.body.code);
      return { phone, phone_proof: proof };
    },
  }),
  area.open({
    method: "post",
    path: "/auth/sign-in",
    summary: "Sign in with a password",
    description:
      "Asks for the second factor where it is on. An unknown address is answered as a wrong password.",
    body: CREDENTIALS,
    answer: SIGN_IN,
    errors: [...TRIED, "wrong_credentials", "expired"],
    audit: "auth.sign_in",
    handle: async (call) => await answerStep(call, await signIn(peopleOf(call), call.body, whence(call))),
  }),
  area.open({
    method: "post",
    path: "/auth/second-factor",
    summary: "Give the second factor",
    description: "The code of an authenticator app, or a recovery code.",
    body: PROOF,
    answer: SIGN_IN,
    errors: CODED,
    audit: "auth.second_factor",
    async handle(call) {
      const { challenge, code } = call.body;
      return await answerStep(call, await secondFactor(peopleOf(call), challenge, code, whence(call)));
    },
  }),
  area.open({
    method: "post",
    path: "/auth/sign-out",
    summary: "Sign out",
    description: "Ends this session.",
    body: NOTHING,
    answer: DONE,
    audit: "auth.sign_out",
    async handle(call) {
      const { caller, headers } = call;
      const people = peopleOf(call);
      if (caller?.kind === "user") await people.store.sessions.end(caller.userId, caller.sessionId);
      headers.append("set-cookie", sessionCookie(people, undefined));
      return IS_DONE;
    },
  }),
  area.open({
    method: "post",
    path: "/auth/password/forgot",
    summary: "Ask for a link to choose a new password",
    description: "The answer is the same whether the address has a user or not.",
    status: 202,
    body: ONE_EMAIL,
    answer: SENT,
    errors: TRIED,
    audit: false,
    async handle(call) {
      await forgotPassword(peopleOf(call), call.body.email, whence(call));
      return { status: "sent" } as const;
    },
  }),
  area.open({
    method: "post",
    path: "/auth/password/reset",
    summary: "Choose a new password by the link",
    description: "Ends all sessions of the user, who signs in next.",
    body: NEW_PASSWORD,
    answer: CHANGED,
    errors: [...TRIED, "expired"],
    audit: "auth.reset_password",
    async handle(call) {
      const { token, password } = call.body;
      const { userId } = await resetPassword(peopleOf(call), token, password, whence(call));
      call.note({ actor: `user:${userId}`, target: userId });
      return { status: "changed" } as const;
    },
  }),
  area.open({
    method: "post",
    path: "/auth/passkey/options",
    summary: "Begin to sign in with a passkey",
    description: "What the browser asks the authenticator.",
    body: NOTHING,
    answer: PASSKEY_QUESTION,
    audit: false,
    async handle(call) {
      const { challenge, options } = await askForPasskey(peopleOf(call));
      return { challenge, options: { ...options } };
    },
  }),
  area.open({
    method: "post",
    path: "/auth/passkey/verify",
    summary: "Sign in with a passkey",
    description: "A passkey stands for both factors.",
    body: PASSKEY_ANSWER,
    answer: SIGN_IN,
    errors: ["wrong_credentials"],
    audit: "auth.passkey",
    async handle(call) {
      const { challenge, response } = call.body;
      return await answerStep(call, await signInByPasskey(peopleOf(call), challenge, response, whence(call)));
    },
  }),
];
