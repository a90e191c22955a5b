/** Where the store says what happens to it; a pino logger fits, and so does the console. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}
