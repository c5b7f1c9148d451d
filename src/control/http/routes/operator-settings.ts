import { z } from "@hono/zod-openapi";
import { isListSection, SETTING_IDS, type SettingId } from "../../../config/declared.ts";
import { asObject } from "../../../core/json.ts";
import { DECLARATION, DECLARED, settingBody } from "../../contract/declared.ts";
import { ENVIRONMENT } from "../../contract/operator.ts";
import { actorOf } from "../actor.ts";
import { declarationView, declaredView, noted, WHERE } from "../declared-views.ts";
import { HttpError } from "../http-error.ts";
import { areaOf, type Route } from "../route.ts";

const area = areaOf("Operator: settings");

/** As a start with a quoin.yaml like this is refused. @throws HttpError (invalid) */
function refuseWithoutOwn(region: string, regions: unknown): void {
  if (region === "" || !Array.isArray(regions) || regions.length === 0) return;
  if (regions.some((one) => asObject(one)?.id === region)) return;
  const message = `regions: this node stands in "${region}" (QUOIN_REGION); declare that one too, or start the node with another.`;
  throw new HttpError("invalid", message, { field: "regions" });
}

const seenAt = (was: string): number => (was === "none" ? 0 : Date.parse(was));

/** How one section is declared here, and how it is given back to its default. */
function routesOf(id: SettingId): Route[] {
  const sent = isListSection(id)
    ? `The whole list of quoin.yaml's \`${id}\`, in a field of that name: what is not in it is gone.`
    : `The fields of quoin.yaml's \`${id}\`, all of them: what is left out has its default.`;
  return [
    area.operator({
      method: "put",
      path: `/settings/${id}`,
      requires: "operator:config:write",
      summary: `Declare \`${id}\``,
      description: `${sent} Refused where quoin.yaml has the section. ${WHERE}`,
      query: {
        was: z
          .union([z.literal("none"), z.iso.datetime()])
          .optional()
          .describe(
            "`updated_at` of the declaration that it replaces, none where there was none: refused where that is another by now. Absent: whatever is there is replaced.",
          ),
      },
      body: settingBody(id),
      answer: DECLARED,
      errors: ["conflict"],
      audit: "settings.declare",
      async handle({ deps, caller, query: { was }, body, note }) {
        if (id === "regions") refuseWithoutOwn(deps.control.region, body.regions);
        const section = { id, fields: body, wasUpdatedAt: was === undefined ? was : seenAt(was) };
        const { before, after } = await deps.declarations.put(section, actorOf(caller));
        note({ target: id, before: before && noted(before), after: noted(after) });
        return declaredView(after);
      },
    }),
    area.operator({
      method: "delete",
      path: `/settings/${id}`,
      requires: "operator:config:write",
      summary: `Take \`${id}\` back`,
      description: `What was declared of it here goes, and the defaults hold. ${WHERE}`,
      answer: DECLARED,
      errors: ["not_found", "conflict"],
      audit: "settings.remove",
      async handle({ deps, note }) {
        const removed = await deps.declarations.remove("setting", id);
        note({ target: id, before: noted(removed) });
        return declaredView(removed);
      },
    }),
  ];
}

export const OPERATOR_SETTING_ROUTES = [
  area.operator({
    method: "get",
    path: "/settings",
    requires: "operator:config:read",
    summary: "Sections that may be declared here",
    description: "Each with what is in force, and who declared it.",
    answer: z.strictObject({ items: z.array(DECLARATION) }),
    handle: ({ deps }) => ({ items: SETTING_IDS.map((id) => declarationView(deps, "setting", id)) }),
  }),
  area.operator({
    method: "get",
    path: "/environment",
    requires: "operator:config:read",
    summary: "Variables of the environment",
    description:
      "What this process read when it began: where it listens, its stores, bounds, senders. Change one there and restart.",
    answer: ENVIRONMENT,
    handle: ({ deps }) => ({
      items: deps.environment.map(({ isSet, value, option, default: otherwise, ...row }) => ({
        ...{ variable: row.variable, is_set: isSet, value: value ?? null, option: option ?? null },
        ...{ default: otherwise, unit: row.unit, description: row.description },
      })),
    }),
  }),
  ...SETTING_IDS.flatMap(routesOf),
];
