import { writeDeclaration } from "../../config/config-yaml.ts";
import type { DeclaredKind } from "../../config/declared.ts";
import type { DeclaredView } from "../../config/declared-rows.ts";
import type { Declaration, Declared } from "../contract/declared.ts";
import type { HttpDeps } from "./deps.ts";
import { HttpError } from "./http-error.ts";

/** For descriptions of routes. */
export const WHERE = "It holds here at once, and on other nodes within a second.";

export function declaredView(view: DeclaredView): Declared {
  const { kind, id, content, problems } = view;
  return {
    kind,
    id,
    content: { ...content },
    has_api_key: view.hasApiKey,
    header_names: [...view.headerNames],
    updated_at: new Date(view.updatedAt).toISOString(),
    updated_by: view.updatedBy,
    in_force: problems.length === 0,
    problems: [...problems],
  };
}

/** For the audit: never a credential. */
export function noted({ content, hasApiKey, headerNames }: DeclaredView): object {
  return {
    ...content,
    ...(hasApiKey && { has_api_key: true }),
    ...(headerNames.length > 0 && { header_names: headerNames }),
  };
}

/**
 * Something of the configuration, whoever declared it.
 * @throws HttpError (not_found)
 */
export function declarationView(
  { config, declarations }: HttpDeps,
  kind: DeclaredKind,
  id: string,
): Declaration {
  const own = declarations.views().find((view) => view.kind === kind && view.id === id);
  const inForce = own?.problems.length === 0 ? own.content : writeDeclaration(config(), kind, id);
  const content = inForce ?? own?.content;
  if (!content)
    throw new HttpError("not_found", `There is no ${kind} "${id}"; list them to see those that are.`);
  return {
    ...{ kind, id },
    source: declarations.sourceOf(kind, id),
    line: declarations.lineOf(kind, id) ?? null,
    content: { ...content },
    declared: own ? declaredView(own) : null,
  };
}
