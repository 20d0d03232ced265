/** Compiles a TypeScript file of the project to CommonJS, from the cache when it is there. */
export function compile(source: string, file: string): string;
/** Lets require() load TypeScript. */
export function register(): void;
