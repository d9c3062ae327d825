/** What the tests of WebSockets need: these packages are installed in this folder only. */
export { IoAdapter } from '@nestjs/platform-socket.io';
export { WsAdapter } from '@nestjs/platform-ws';
export { io, type Socket } from 'socket.io-client';
export { WebSocket } from 'ws';
