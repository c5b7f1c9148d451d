declare module "*.md";
