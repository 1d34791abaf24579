/** The bare application. */
export function express(): void {}

/** The bare application. */
export function fastify(): void {}
