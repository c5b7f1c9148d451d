import type { Model, Snapshot } from "../core/model.ts";
import { finderByName } from "../core/model-names.ts";

/** Those that are not published among them: what operators work with, and customers never see. */
export function everyModel({
  models,
  unpublished,
}: Pick<Snapshot, "models" | "unpublished">): readonly Model[] {
  return [...models, ...unpublished];
}

/** One of them by id or alias. */
export function findEveryModel(snapshot: Snapshot, name: string): Model | undefined {
  return snapshot.findModel(name) ?? finderByName(snapshot.unpublished)(name);
}
