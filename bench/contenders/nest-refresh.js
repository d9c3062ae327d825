// The minimum a refresh can be, in a controller of Nest on Fastify.
import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post, UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { minimalRefresh } from '../lib/minimal-refresh.js';

const { refresh, refreshTokens } = await minimalRefresh(options);

class RefreshController {
  async refresh(body) {
    const tokens = await refresh(body.refreshToken);
    if (!tokens) throw new UnauthorizedException();
    return tokens;
  }
}
decorate([Controller()], RefreshController);
decorate([Post('refresh'), HttpCode(200)], RefreshController, 'refresh');
Body()(RefreshController.prototype, 'refresh', 0);

class RefreshModule {}
decorate([Module({ controllers: [RefreshController] })], RefreshModule);

const app = await NestFactory.create(RefreshModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
ready({ url: await app.getUrl() }, { refreshTokens });
