declare module "*.md";
declare module "*.css";
declare module "*.browser.js";
