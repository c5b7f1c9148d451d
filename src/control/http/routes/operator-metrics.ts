import { z } from "@hono/zod-openapi";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: metrics");

export const OPERATOR_METRIC_ROUTES = [
  area.operator({
    method: "get",
    path: "/metrics",
    requires: "operator:metrics:read",
    summary: "Metrics for Prometheus",
    description: "Of this node, in Prometheus' text format. The same is at `/metrics` of the port.",
    answer: z.string(),
    media: ["text/plain"],
    async handle({ deps }) {
      const { metricsAnswer } = await import("../../metrics/metrics-answer.ts");
      return await metricsAnswer(deps.metrics);
    },
  }),
];
