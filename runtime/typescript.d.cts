/** Lets this process load TypeScript with `require`. */
export function register(): void;
/** The JavaScript of a TypeScript source; throws an Error that says where it does not compile. */
export function compile(source: string, file: string): string;
/** The same, without compiling the rest of the project for later. */
export function compileAlone(source: string, file: string): string;
/** Compiles what of these files has changed, before a clock runs; paths are from the root. */
export function warmUp(files: readonly string[]): void;
