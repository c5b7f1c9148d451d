import { KEPT_MESSAGE } from "../../contract/people.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Development");

export const OUTBOX_ROUTES = [
  area.open({
    method: "get",
    path: "/dev/outbox",
    summary: "Messages that nobody was set up to send",
    description:
      "For operators; for everybody where QUOIN_OUTBOX is open. Unknown where all that is sent has a sender. The newest first.",
    query: PAGE,
    answer: pageOf(KEPT_MESSAGE),
    errors: ["not_found"],
    handle({ deps: { outbox }, caller, query }) {
      const may = outbox?.open || (caller?.kind === "user" && caller.operator);
      if (!outbox || !may)
        throw new HttpError(
          "not_found",
          "There is no outbox to be read here; operators see it where no sender is set up.",
        );
      const view = (message: ReturnType<typeof outbox.list>[number]) => ({
        ...message,
        subject: message.subject ?? null,
      });
      return pageFrom(outbox.list(), query, { id: ({ id }) => id, view });
    },
  }),
];
