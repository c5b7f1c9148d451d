import type { Caller } from "../../../accounts/caller.ts";
import type { AccountRow } from "../../../accounts/directory.ts";
import { judge } from "../../../accounts/permissions.ts";
import type { RequestRecord } from "../../../core/request-record.ts";
import type {
  PromptRule,
  Transcript,
  TranscriptMedia,
  TranscriptPart,
  TranscriptTurn,
} from "../../../core/transcript.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import {
  DELETED_PROMPTS,
  KEPT_PROMPT,
  PROMPT_RULE,
  PROMPT_RULE_IN_FORCE,
  type Prompt,
} from "../../contract/prompts.ts";
import { ID } from "../../contract/shapes.ts";
import type { HttpDeps } from "../deps.ts";
import { HttpError } from "../http-error.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Prompts");

/** @throws HttpError where the request is not of the account, or its prompt not for this caller */
async function readable(
  { control }: HttpDeps,
  caller: Caller,
  { accountId }: AccountRow,
  id: string,
): Promise<RequestRecord> {
  const record = await control.queries.findRequest(id);
  if (!record || record.accountId !== accountId)
    throw new HttpError("not_found", `There is no request ${id} in the history; list them to see theirs.`);
  // Whoever runs the installation reads them as a member, or where the account lets them.
  const asMember = judge({ ...caller, operator: false }, "prompts:read", accountId) === "allowed";
  if (!asMember) {
    const { operators } = await control.directory.promptRule(accountId);
    if (caller.operator && operators) return record;
    const mend = "an owner or admin of the organisation can let operators read its prompts, in its settings";
    throw new HttpError("forbidden", `Prompts are for the organisation's members; ${mend}.`);
  }
  const others = caller.kind === "user" && record.userId !== caller.userId;
  if (!others || judge({ ...caller, operator: false }, "keys:manage", accountId) === "allowed") return record;
  throw new HttpError("forbidden", "This request came by somebody else's key; ask an owner or admin.");
}

const mediaView = ({ mime, ...media }: TranscriptMedia) => ({ ...media, mime: mime ?? null });

function partView(part: TranscriptPart): Prompt["turns"][number]["parts"][number] {
  switch (part.kind) {
    case "media":
      return mediaView(part);
    case "call":
      return { kind: "call", call_id: part.callId, name: part.name, input: part.input };
    case "result":
      return { kind: "result", call_id: part.callId, text: part.text, media: part.media.map(mediaView) };
    default:
      return part;
  }
}

const turnView = ({ role, parts }: TranscriptTurn) => ({ role, parts: parts.map(partView) });

function promptView({ requestId, at, expiresAt, turns, answer, body, isCut }: Transcript): Prompt {
  return {
    request_id: requestId,
    at: new Date(at).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    turns: turns.map(turnView),
    answer: answer.map(turnView),
    body: body ?? null,
    is_cut: isCut,
  };
}

const ruleView = ({ config }: HttpDeps, { days, ...rule }: PromptRule) => ({
  ...rule,
  days: days ?? null,
  operator: config().prompts,
});

export const PROMPT_ROUTES = [
  area.account({
    method: "get",
    path: "/requests/{id}/prompt",
    requires: "prompts:read",
    summary: "What a request said and was answered",
    description:
      "Kept only where its key asks for it. Developers read those of their own keys; operators none, unless the account lets them.",
    params: { id: ID },
    answer: KEPT_PROMPT,
    async handle({ deps, caller, account, params }) {
      await readable(deps, caller, account, params.id);
      const found = await deps.control.transcripts.find(account.accountId, params.id);
      return { prompt: found ? promptView(found) : null };
    },
  }),
  area.account({
    method: "delete",
    path: "/requests/{id}/prompt",
    requires: "prompts:read",
    summary: "Delete what is kept of a request",
    description: "At once and for good; the request's record and its charge stay.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found"],
    audit: "prompts.delete",
    async handle({ deps, caller, account, params, note }) {
      await readable(deps, caller, account, params.id);
      if (!(await deps.control.transcripts.delete(account.accountId, params.id)))
        throw new HttpError("not_found", "Nothing is kept of this request.");
      note({ target: params.id });
      return IS_DONE;
    },
  }),
  area.account({
    method: "delete",
    path: "/prompts",
    requires: "account:write",
    summary: "Delete all prompts that are kept",
    description: "Of the account, or of one of its keys. At once and for good.",
    query: { key_id: ID.optional() },
    answer: DELETED_PROMPTS,
    audit: "prompts.delete_all",
    async handle({ deps, account, query, note }) {
      const deleted = await deps.control.transcripts.deleteAll(account.accountId, query.key_id);
      note({ target: query.key_id ?? account.accountId, after: { deleted } });
      return { deleted };
    },
  }),
  area.account({
    method: "get",
    path: "/prompt-rule",
    requires: "account:read",
    summary: "What the account says about keeping prompts",
    description: "It holds beside what the operator says.",
    answer: PROMPT_RULE_IN_FORCE,
    handle: async ({ deps, account }) =>
      ruleView(deps, await deps.control.directory.promptRule(account.accountId)),
  }),
  area.account({
    method: "put",
    path: "/prompt-rule",
    requires: "account:write",
    summary: "Say whether prompts may be kept, how long, and who reads them",
    description:
      "In force for requests that end from now on. What is kept already stays until its day, or until it is deleted.",
    body: PROMPT_RULE,
    answer: PROMPT_RULE_IN_FORCE,
    audit: "prompts.rule",
    async handle({ deps, caller, account, body, note }) {
      const before = await deps.control.directory.promptRule(account.accountId);
      const asMember =
        judge({ ...caller, operator: false }, "account:write", account.accountId) === "allowed";
      if (body.operators && !before.operators && !asMember)
        throw new HttpError(
          "forbidden",
          "operators: only an owner or admin of the organisation can allow this.",
          {
            field: "operators",
          },
        );
      const rule: PromptRule = { ...body, days: body.days ?? undefined };
      await deps.control.directory.setPromptRule(account.accountId, rule);
      note({ target: account.accountId, before, after: rule });
      return ruleView(deps, rule);
    },
  }),
];
