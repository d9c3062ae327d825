/** What the test of `websocket-guard.ts` needs: these packages are installed in this folder only. */
export { WsAdapter } from '@nestjs/platform-ws';
export { WebSocket } from 'ws';
