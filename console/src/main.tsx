import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startTheme } from "./base/theme.ts";
import { startLanguage } from "./i18n/t.ts";

startTheme();
await startLanguage();
const place = document.getElementById("root");
if (place) createRoot(place).render(<App />);
