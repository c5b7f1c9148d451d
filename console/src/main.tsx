import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { queryClient } from "./base/queries.ts";
import { startTheme } from "./base/theme.ts";
import { startLanguage } from "./i18n/t.ts";
import { preload } from "./outside-routes.tsx";
import { META_QUERY } from "./shell/meta.ts";
import { ME_QUERY } from "./shell/session.ts";

// All at once, rather than each when the one before has come.
void queryClient.prefetchQuery(META_QUERY);
void queryClient.prefetchQuery(ME_QUERY);
preload(location.pathname);
startTheme();
await startLanguage();
const place = document.getElementById("root");
if (place) createRoot(place).render(<App />);
