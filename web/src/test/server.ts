import { setupServer } from 'msw/node'

/** The server as a test wants it to answer; a request that no test expects is an error. */
export const server = setupServer()
