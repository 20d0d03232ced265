/** True when the project runs on this version of Node.js, for instance "22.12.0". */
export function allows(version: string): boolean;
/** The versions on which it runs, for people. */
export function rangeInWords(): string;
/** Ends the process with exit code 2 and a sentence unless it runs on one of them. */
export function requireNode(): void;
