import type { StuckMail } from "../../../accounts/people/mail-queue.ts";
import { type StuckMail as MailTold, STUCK_MAIL } from "../../contract/mails.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { stuckMailView } from "../../mail-operations.ts";
import { decisionRoute } from "../decision-route.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: mails");

/** As many as one list shows; a sender that takes nothing leaves more of the same. */
const MAILS_MAX = 1_000;

const DECISION = {
  requires: "operator:mails:write",
  noteOf: ({ id }: { readonly id: string }) => ({ target: id }),
} as const;

function viewOf(mail: StuckMail): MailTold {
  const state = mail.givenUpAt === undefined ? "waiting" : "given_up";
  return { ...stuckMailView(mail), state, created_at: new Date(mail.createdAt).toISOString() };
}

export const OPERATOR_MAIL_ROUTES = [
  area.operator({
    method: "get",
    path: "/mails",
    requires: "operator:mails:read",
    summary: "Mails that their sender did not take",
    description: "The oldest first, at most 1,000: those that are tried again, and those that were given up.",
    query: PAGE,
    answer: pageOf(STUCK_MAIL),
    handle: async ({ deps, query }) =>
      pageFrom(await deps.control.mails.stuck(MAILS_MAX), query, {
        id: ({ mailId }) => mailId,
        view: viewOf,
      }),
  }),
  decisionRoute(area, {
    ...DECISION,
    method: "post",
    path: "/mails/{id}/retry",
    summary: "Send a mail again",
    description: "Within some seconds, also where it was given up; it is good for three days more.",
    audit: "mails.retry",
  }),
  decisionRoute(area, {
    ...DECISION,
    method: "delete",
    path: "/mails/{id}",
    summary: "Drop a mail",
    description: "It is deleted, and sent no more.",
    audit: "mails.drop",
  }),
];
