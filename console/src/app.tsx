import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { Router, Switch } from "wouter";
import { useBrowserLocation } from "wouter/use-browser-location";
import { queryClient } from "./base/queries.ts";
import { useStore } from "./base/store.ts";
import { languageStore } from "./i18n/t.ts";
import { InsideRoutes } from "./inside-routes.tsx";
import { outsideRoutes, page } from "./outside-routes.tsx";
import { META_QUERY } from "./shell/meta.ts";
import { Boundary } from "./ui/boundary.tsx";
import { Failed, Skeleton } from "./ui/states.tsx";
import { Toasts } from "./ui/toast.tsx";

/** The only page outside of /console: where the operator wants it. */
const TrialPage = page(() => import("./pages/trial/trial.tsx"), "TrialPage");

/** Routes once it is known what this installation is. */
function Console() {
  const meta = useQuery(META_QUERY);
  const [path] = useBrowserLocation();
  if (meta.error) {
    return (
      <main className="gate">
        <div className="gate-box">
          <Failed error={meta.error} onRetry={() => void meta.refetch()} />
        </div>
      </main>
    );
  }
  if (!meta.data) return null;
  return (
    <Suspense
      fallback={
        <main className="gate">
          <div className="gate-box">
            <Skeleton />
          </div>
        </main>
      }
    >
      {path === meta.data.trial?.path ? (
        <TrialPage />
      ) : (
        <Switch>
          {outsideRoutes()}
          <InsideRoutes />
        </Switch>
      )}
    </Suspense>
  );
}

export function App() {
  const language = useStore(languageStore);
  return (
    <QueryClientProvider client={queryClient}>
      <Router base="/console" key={language}>
        <Boundary>
          <Console />
        </Boundary>
      </Router>
      <Toasts />
    </QueryClientProvider>
  );
}
